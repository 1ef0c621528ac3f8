// SPDX-License-Identifier: MIT OR Apache-2.0

// Measures indigo, Bluesky's Go implementation, on the inputs in the directory that the argument names.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	comatproto "github.com/bluesky-social/indigo/api/atproto"
	"github.com/bluesky-social/indigo/atproto/atcrypto"
	"github.com/bluesky-social/indigo/atproto/repo"
	"github.com/bluesky-social/indigo/atproto/repo/mst"
	"github.com/bluesky-social/indigo/events"
	"github.com/ipfs/go-cid"
	"github.com/ipld/go-car"
)

const library = "indigo (Go)"

type message = comatproto.SyncSubscribeRepos_Commit

var (
	ctx  = context.Background()
	keys = map[string]atcrypto.PublicKey{}
)

type entry struct {
	key   []byte
	value cid.Cid
}

func main() {
	log.SetFlags(0)
	directory := os.Args[1]
	readKeys(filepath.Join(directory, "keys.txt"))
	frames := readFrames(filepath.Join(directory, "frames.bin"))

	for _, step := range []struct {
		row    string
		verify func(*message) error
	}{
		{"decode", func(*message) error { return nil }},
		{"blocks", checkBlocks},
		{"inversion", invert},
		{"signature", invertAndVerify},
	} {
		measure(step.row, 5, len(frames), time.Microsecond, func() {
			for _, frame := range frames {
				must(step.verify(decode(frame)))
			}
		})
	}
	countFlipped(frames[:200])

	signatures("k256", frames, func(key atcrypto.PublicKey) bool { _, ok := key.(*atcrypto.PublicKeyK256); return ok })
	signatures("p256", frames, func(key atcrypto.PublicKey) bool { _, ok := key.(*atcrypto.PublicKeyP256); return ok })

	entries := readEntries(filepath.Join(directory, "mst.txt"))
	random := trees("mst-random", entries)
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	if trees("mst-sorted", entries) != random {
		log.Fatal("two trees of the same keys have two roots")
	}
	measure("repo", 3, 1, time.Millisecond, func() { readRepository(filepath.Join(directory, "in-order.car")) })
}

// decode reads the header and the body of a frame.
func decode(frame []byte) *message {
	reader := bytes.NewReader(frame)
	var header events.EventHeader
	must(header.UnmarshalCBOR(reader))
	var body message
	must(body.UnmarshalCBOR(reader))
	return &body
}

// checkBlocks reads the CAR; its reader compares every block to its CID.
func checkBlocks(commit *message) error {
	reader, err := car.NewCarReader(bytes.NewReader(commit.Blocks))
	for err == nil {
		_, err = reader.Next()
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func invert(commit *message) error {
	_, err := repo.VerifyCommitMessage(ctx, commit)
	return err
}

// invertAndVerify reads the commit block a second time: the inversion does not return it.
func invertAndVerify(frame *message) error {
	if err := invert(frame); err != nil {
		return err
	}
	commit, _, err := repo.LoadCommitFromCAR(ctx, bytes.NewReader(frame.Blocks))
	if err != nil {
		return err
	}
	return commit.VerifySignature(keys[commit.DID])
}

func countFlipped(frames [][]byte) {
	refused := 0
	for _, frame := range frames {
		commit := decode(frame)
		commit.Blocks[len(commit.Blocks)-1] ^= 1
		if checkBlocks(commit) != nil {
			refused++
		}
	}
	fmt.Printf("flipped\t%s\t%d\t%d\t%d\n", library, refused, len(frames), len(frames))
}

// signatures measures the signatures of one curve, over unsigned commits that are already encoded.
func signatures(row string, frames [][]byte, wanted func(atcrypto.PublicKey) bool) {
	type signed struct {
		key                 atcrypto.PublicKey
		unsigned, signature []byte
	}
	var all []signed
	for _, frame := range frames {
		commit, _, err := repo.LoadCommitFromCAR(ctx, bytes.NewReader(decode(frame).Blocks))
		must(err)
		if key := keys[commit.DID]; wanted(key) {
			unsigned, err := commit.UnsignedBytes()
			must(err)
			all = append(all, signed{key, unsigned, commit.Sig})
		}
	}
	measure(row, 5, len(all), time.Microsecond, func() {
		for _, s := range all {
			must(s.key.HashAndVerify(s.unsigned, s.signature))
		}
	})
}

func trees(row string, entries []entry) cid.Cid {
	var root cid.Cid
	measure(row, 5, 1, time.Millisecond, func() {
		tree := mst.NewEmptyTree()
		for _, e := range entries {
			_, err := tree.Insert(e.key, e.value)
			must(err)
		}
		computed, err := tree.RootCID()
		must(err)
		root = *computed
	})
	log.Printf("%s: %s", row, root)
	return root
}

// readRepository checks every block and the structure of the tree, and reads every record of it.
func readRepository(name string) {
	file, err := os.Open(name)
	must(err)
	defer file.Close()
	_, loaded, err := repo.LoadRepoFromCAR(ctx, file)
	must(err)
	must(loaded.MST.Verify())
	records := 0
	must(loaded.MST.Walk(func(_ []byte, value cid.Cid) error {
		records++
		_, err := loaded.RecordStore.Get(ctx, value)
		return err
	}))
	log.Printf("repo: %d records", records)
}

// measure prints the CPU of a pass, divided by what is in it: the median, least and most of some passes after one that does not count.
func measure(row string, passes, count int, unit time.Duration, pass func()) {
	pass()
	costs := make([]float64, passes)
	for i := range costs {
		before := cpu()
		pass()
		costs[i] = float64(cpu()-before) / float64(unit) / float64(count)
	}
	slices.Sort(costs)
	fmt.Printf("%s\t%s\t%.3f\t%.3f\t%.3f\n", row, library, costs[passes/2], costs[0], costs[passes-1])
}

// cpu is what this process has used, its garbage collector included.
func cpu() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func readFrames(name string) (frames [][]byte) {
	all, err := os.ReadFile(name)
	must(err)
	for len(all) > 0 {
		end := 4 + binary.LittleEndian.Uint32(all)
		frames = append(frames, all[4:end])
		all = all[end:]
	}
	return frames
}

func readKeys(name string) {
	for did, key := range pairs(name) {
		parsed, err := atcrypto.ParsePublicMultibase(key)
		must(err)
		keys[did] = parsed
	}
}

func readEntries(name string) (entries []entry) {
	for key, value := range pairs(name) {
		entries = append(entries, entry{[]byte(key), cid.MustParse(value)})
	}
	return entries
}

// pairs are the lines of a file, split at their blank.
func pairs(name string) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		all, err := os.ReadFile(name)
		must(err)
		for line := range strings.Lines(string(all)) {
			first, second, _ := strings.Cut(strings.TrimSpace(line), " ")
			if !yield(first, second) {
				return
			}
		}
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
