// SPDX-License-Identifier: MIT OR Apache-2.0

//! Measures Rust crates on the inputs in the directory that the argument names.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use cid::Cid;
use repo_stream::DriverBuilder;
use secp256k1::{Message, PublicKey, ecdsa};
use serde::{Deserialize, Serialize};
use serde_ipld_dagcbor::de::Deserializer;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use tokio::fs::File;
use tokio::io::BufReader;

const DAG_CBOR: &str = "serde_ipld_dagcbor, own structs (Rust)";
const BY_HAND: &str = "serde_ipld_dagcbor, CAR by hand, sha2 (Rust)";
const REPO_STREAM: &str = "repo-stream 0.5 alpha (Rust)";
const CID_LENGTH: usize = 36;
const CID_PREFIXES: [&[u8]; 2] = [&[1, 0x71, 0x12, 32], &[1, 0x55, 0x12, 32]];
const MICROSECONDS: f64 = 1.0;
const MILLISECONDS: f64 = 1e3;

type Failure = Box<dyn std::error::Error>;

#[derive(Deserialize)]
struct Header<'a> {
    op: i64,
    t: &'a str,
}

/// Everything of a commit message; strings and blocks stay where they are in the frame.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // typed in full, because that is what is measured
struct Body<'a> {
    seq: i64,
    rebase: bool,
    too_big: bool,
    repo: &'a str,
    commit: Cid,
    rev: &'a str,
    since: Option<&'a str>,
    #[serde(with = "serde_bytes")]
    blocks: &'a [u8],
    #[serde(borrow)]
    ops: Vec<Op<'a>>,
    blobs: Vec<Cid>,
    prev_data: Option<Cid>,
    time: &'a str,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Op<'a> {
    action: &'a str,
    path: &'a str,
    cid: Option<Cid>,
    prev: Option<Cid>,
}

#[derive(Deserialize, Serialize)]
struct Commit<'a> {
    did: &'a str,
    rev: &'a str,
    #[serde(skip_serializing, with = "serde_bytes")]
    sig: &'a [u8],
    data: Cid,
    prev: Option<Cid>,
    version: i64,
}

enum Key {
    K256(PublicKey),
    P256(Box<ParsedPublicKey>),
}

fn main() -> Result<(), Failure> {
    let directory = std::env::args().nth(1).ok_or("a directory is wanted")?;
    let directory = Path::new(&directory);
    let file = fs::read(directory.join("frames.bin"))?;
    let frames = frames(&file);
    let lines = fs::read_to_string(directory.join("keys.txt"))?;
    let keys = keys(&lines)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;

    measure("decode", DAG_CBOR, 5, frames.len(), MICROSECONDS, || {
        for frame in &frames {
            black_box(decode(frame)?);
        }
        Ok(())
    })?;

    measure("blocks", BY_HAND, 5, frames.len(), MICROSECONDS, || {
        for frame in &frames {
            check_blocks(decode(frame)?.blocks)?;
        }
        Ok(())
    })?;
    let refused = flipped(&frames[..200], |car| check_blocks(car).is_err())?;
    println!("flipped\t{BY_HAND}\t{refused}\t200\t200");

    let load = |car: &[u8]| runtime.block_on(DriverBuilder::new().load_car(car)).is_ok();
    measure("blocks", REPO_STREAM, 5, frames.len(), MICROSECONDS, || {
        for frame in &frames {
            if !load(decode(frame)?.blocks) {
                return Err("a CAR that is not read".into());
            }
        }
        Ok(())
    })?;
    let refused = flipped(&frames[..200], |car| !load(car))?;
    println!("flipped\t{REPO_STREAM}\t{refused}\t200\t200");

    signatures(&frames, &keys)?;

    measure("repo", REPO_STREAM, 3, 1, MILLISECONDS, || {
        runtime.block_on(read_repository(&directory.join("in-order.car")))
    })
}

fn decode(frame: &[u8]) -> Result<Body<'_>, Failure> {
    let mut input = Deserializer::from_slice(frame);
    let header = Header::deserialize(&mut input)?;
    if header.op != 1 || header.t != "#commit" {
        return Err("not a commit".into());
    }
    let body = Body::deserialize(&mut input)?;
    input.end()?;
    Ok(body)
}

fn check_blocks(car: &[u8]) -> Result<(), Failure> {
    let mut rest = skip_header(car)?;
    while !rest.is_empty() {
        let (cid, block, after) = next_block(rest)?;
        if Sha256::digest(block)[..] != cid[4..] {
            return Err("a block is not what its CID says".into());
        }
        rest = after;
    }
    Ok(())
}

fn skip_header(car: &[u8]) -> Result<&[u8], Failure> {
    let (length, rest) = varint(car)?;
    Ok(rest.get(length..).ok_or("cut off")?)
}

/// The CID, the block, and what follows them.
fn next_block(car: &[u8]) -> Result<(&[u8], &[u8], &[u8]), Failure> {
    let (length, rest) = varint(car)?;
    let (section, after) = rest.split_at_checked(length).ok_or("cut off")?;
    let (cid, block) = section
        .split_at_checked(CID_LENGTH)
        .ok_or("no room for a CID")?;
    if !CID_PREFIXES.contains(&&cid[..4]) {
        return Err("not a CID of this protocol".into());
    }
    Ok((cid, block, after))
}

fn varint(bytes: &[u8]) -> Result<(usize, &[u8]), Failure> {
    let mut value = 0;
    for (i, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Ok((value, &bytes[i + 1..]));
        }
    }
    Err("not a length".into())
}

fn flipped(frames: &[&[u8]], refuses: impl Fn(&[u8]) -> bool) -> Result<usize, Failure> {
    let mut refused = 0;
    for frame in frames {
        let mut car = decode(frame)?.blocks.to_vec();
        *car.last_mut().ok_or("no blocks")? ^= 1;
        refused += usize::from(refuses(&car));
    }
    Ok(refused)
}

/// Verifies commits with their keys parsed and their unsigned form encoded before.
fn signatures(frames: &[&[u8]], keys: &HashMap<&str, Key>) -> Result<(), Failure> {
    let mut k256 = Vec::new();
    let mut p256 = Vec::new();
    for frame in frames {
        let body = decode(frame)?;
        let signed = body.commit.to_bytes();
        let mut rest = skip_header(body.blocks)?;
        let commit = loop {
            let (cid, block, after) = next_block(rest)?;
            if cid == signed {
                break serde_ipld_dagcbor::from_slice::<Commit>(block)?;
            }
            rest = after;
        };
        let unsigned = serde_ipld_dagcbor::to_vec(&commit)?;
        match keys.get(commit.did).ok_or("no key")? {
            Key::K256(key) => k256.push((key, unsigned, commit.sig)),
            Key::P256(key) => p256.push((key, unsigned, commit.sig)),
        }
    }
    measure(
        "k256",
        "secp256k1 (Rust, libsecp256k1)",
        5,
        k256.len(),
        MICROSECONDS,
        || {
            for (key, unsigned, sig) in &k256 {
                let message = Message::from_digest(Sha256::digest(unsigned).into());
                ecdsa::verify(&ecdsa::Signature::from_compact(sig)?, message, key)?;
            }
            Ok(())
        },
    )?;
    measure(
        "p256",
        "aws-lc-rs (Rust)",
        5,
        p256.len(),
        MICROSECONDS,
        || {
            for (key, unsigned, sig) in &p256 {
                key.verify_sig(unsigned, sig)
                    .map_err(|_| "a signature that does not verify")?;
            }
            Ok(())
        },
    )
}

/// Reads the file as a stream, checks every block and the tree, and keeps the records.
async fn read_repository(file: &Path) -> Result<(), Failure> {
    let reader = BufReader::with_capacity(1 << 20, File::open(file).await?);
    let loaded = DriverBuilder::new()
        .with_mem_limit_mb(1024)
        .load_car(reader)
        .await;
    let mut repository = loaded.map_err(|failure| failure.to_string())?;
    let mut walk = repository.full()?;
    let mut records = 0;
    while walk.next()?.is_some() {
        records += 1;
    }
    eprintln!("repo: {records} records");
    Ok(())
}

fn frames(file: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    let mut rest = file;
    while let Some((length, after)) = rest.split_first_chunk() {
        let (frame, next) = after.split_at(u32::from_le_bytes(*length) as usize);
        frames.push(frame);
        rest = next;
    }
    frames
}

fn keys(lines: &str) -> Result<HashMap<&str, Key>, Failure> {
    let mut keys = HashMap::new();
    for line in lines.lines() {
        let (did, multikey) = line.split_once(' ').ok_or("not a key")?;
        let (_, bytes) = multibase::decode(multikey)?;
        let key = match bytes.split_at_checked(2).ok_or("too short")? {
            ([0xe7, 0x01], point) => Key::K256(PublicKey::from_slice(point)?),
            ([0x80, 0x24], point) => Key::P256(Box::new(ParsedPublicKey::new(
                &ECDSA_P256_SHA256_FIXED,
                point,
            )?)),
            _ => return Err("a key of no known curve".into()),
        };
        keys.insert(did, key);
    }
    Ok(keys)
}

/// Prints the CPU of a pass, divided by what is in it: median, least and most of some passes after one that does not count.
fn measure(
    row: &str,
    library: &str,
    passes: usize,
    count: usize,
    unit: f64,
    mut pass: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    pass()?;
    let mut costs = Vec::new();
    for _ in 0..passes {
        let before = cpu_microseconds();
        pass()?;
        costs.push((cpu_microseconds() - before) / unit / count as f64);
    }
    costs.sort_by(f64::total_cmp);
    println!(
        "{row}\t{library}\t{:.3}\t{:.3}\t{:.3}",
        costs[passes / 2],
        costs[0],
        costs[passes - 1]
    );
    Ok(())
}

/// What this process has used.
fn cpu_microseconds() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the structure is as large as the call expects, and zeroes are a valid value of it
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let microseconds = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
}
