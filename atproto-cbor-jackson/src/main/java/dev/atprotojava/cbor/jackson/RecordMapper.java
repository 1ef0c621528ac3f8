// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORFactoryBuilder;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborType;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.LenientCbor;
import dev.atprotojava.cbor.RecordCheck;
import dev.atprotojava.cbor.jackson.RecordMappingException.Reason;
import dev.atprotojava.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads records into Java objects or trees and writes such as records.
 *
 * <pre>{@code
 * record Post(@JsonProperty("$type") String type, String text, @Nullable Blob image, Cid root) {}
 *
 * RecordMapper mapper = RecordMapper.create();
 * Post post = mapper.read(block, Post.class);
 * Bytes same = mapper.write(post);
 * }</pre>
 *
 * <p><b>Reading.</b> The bytes are checked first, whole, by {@link CborReader}: what is not
 * canonical DAG-CBOR of a map within the limits never reaches Jackson. A link is a {@link Cid}, a
 * byte string a {@link Bytes} or {@code byte[]}, a blob of either form a {@link
 * dev.atprotojava.cbor.Blob}; nothing else is taken for them, and no type for another: no text for
 * a number, no number for text. Keys are data and reach only the properties that a class declares
 * (JSON-11). Fields that the class does not have are passed over, for records grow; {@link
 * Builder#refuseUnknown} changes that. They are kept where the class, at any depth, has a map for
 * them:
 *
 * <pre>{@code
 * record Post(String text, @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> more) {}
 * }</pre>
 *
 * <p><b>Writing.</b> What Jackson writes is put into canonical form: keys in order, shortest
 * integers, lengths in front (CB-02, CB-07, CB-10). Floats, decimals, and integers of more than 64
 * signed bits are refused, whole or not (CB-03, CB-05). A property that is null is left out, since
 * absent is not null (CB-17); a tree's {@code NullNode} is written. A tree that was read is written
 * as the same bytes (CB-18).
 *
 * <p>Immutable and safe for use by many threads. Make one and keep it: Jackson learns classes.
 */
public final class RecordMapper {
  /** What {@link #create} takes: the limits of the specification, and a record's size (REC-01). */
  public static final CborLimits RECORD_LIMITS =
      new CborLimits(
          RecordCheck.MAX_BYTES,
          CborLimits.DEFAULT.maxDepth(),
          CborLimits.DEFAULT.maxElements(),
          CborLimits.DEFAULT.maxKeyBytes());

  /** Of Jackson, 8 to 16 kB each: more are made where more threads write at once, and let go. */
  private static final int KEPT_BUFFERS = 16;

  private final CBORMapper jackson;
  private final CBORFactory factory;
  private final CborLimits limits;
  private final CborLimits writtenLimits;

  private RecordMapper(Builder builder) {
    limits = builder.limits;
    // What Jackson wrote has other heads, and LenientCbor counts the items of all containers.
    writtenLimits =
        new CborLimits(
            Integer.MAX_VALUE, limits.maxDepth(), Integer.MAX_VALUE, limits.maxKeyBytes());
    factory = factory(limits);
    jackson = mapper(builder);
  }

  /** A mapper with the defaults that {@link Builder} describes. */
  public static RecordMapper create() {
    return builder().build();
  }

  /** A mapper with choices of one's own. */
  public static Builder builder() {
    return new Builder();
  }

  /** Choices; each method says what is so without it. Not thread-safe. */
  public static final class Builder {
    private final List<Module> modules = new ArrayList<>();
    private CborLimits limits = RECORD_LIMITS;
    private boolean refuseUnknown;

    private Builder() {}

    /** How large and deep a record may be; {@link #RECORD_LIMITS} otherwise. */
    public Builder limits(CborLimits value) {
      limits = value;
      return this;
    }

    /** Fails where a record has a field that the class does not have; else it is passed over. */
    public Builder refuseUnknown() {
      refuseUnknown = true;
      return this;
    }

    /** Adds a module of Jackson's, for types that Jackson alone does not know; none otherwise. */
    public Builder module(Module module) {
      modules.add(module);
      return this;
    }

    /** The mapper. */
    public RecordMapper build() {
      return new RecordMapper(this);
    }
  }

  private static CBORFactory factory(CborLimits limits) {
    CBORFactoryBuilder builder = CBORFactory.builder();
    // Names come from peers: none is interned or kept. A few buffers are, by the mapper: new ones
    // for each record would be most of what writing it costs (RecordBenchmark). The limits that
    // count are ours, which hold before Jackson reads.
    return builder
        .disable(CBORFactory.Feature.INTERN_FIELD_NAMES)
        .disable(CBORFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .recyclerPool(JsonRecyclerPools.newBoundedPool(KEPT_BUFFERS))
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(limits.maxDepth() + 1)
                .maxNameLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .build())
        .build();
  }

  private CBORMapper mapper(Builder builder) {
    return CBORMapper.builder(factory)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, builder.refuseUnknown)
        .addModules(builder.modules)
        .addModule(new DataModelModule())
        .build();
  }

  /**
   * Reads a record into an object of a class.
   *
   * @throws CborException if the bytes are not canonical DAG-CBOR within the limits
   * @throws RecordMappingException if the record does not fit the class
   * @throws IllegalArgumentException if Jackson cannot make objects of the class
   */
  public <T> T read(Bytes block, Class<T> type) {
    requireRecord(block);
    try (LinkParser in =
        new LinkParser(factory.createParser(block.array(), block.offset(), block.length()))) {
      in.setCodec(jackson);
      T record = jackson.readValue(in, type);
      if (record == null) { // what a class makes of a map by a deserializer of its own
        throw new RecordMappingException(Reason.MISMATCH, "");
      }
      return record;
    } catch (InvalidDefinitionException e) {
      throw new IllegalArgumentException("a class that Jackson cannot read: " + type.getName(), e);
    } catch (JsonProcessingException e) {
      throw new RecordMappingException(
          e instanceof UnrecognizedPropertyException ? Reason.UNKNOWN_PROPERTY : Reason.MISMATCH,
          pathOf(e));
    } catch (IOException e) { // bytes in memory, which were checked
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a record into a tree, of which {@link RecordTree} says how it shows links and bytes.
   *
   * @throws CborException if the bytes are not canonical DAG-CBOR within the limits
   * @throws RecordMappingException if they are no map
   */
  public ObjectNode readTree(Bytes block) {
    return read(block, ObjectNode.class);
  }

  /** No byte goes on to Jackson before this has said that all of them are what they should be. */
  private void requireRecord(Bytes block) {
    CborReader reader = new CborReader(limits);
    reader.check(block.array(), block.offset(), block.length());
    if (reader.reset(block).peek() != CborType.MAP) {
      throw new RecordMappingException(Reason.NOT_AN_OBJECT, "");
    }
  }

  /**
   * Writes an object, or a tree, as a record.
   *
   * @throws RecordMappingException if the data model has no form for it, or it is no map, or beyond
   *     the limits
   * @throws IllegalArgumentException if Jackson cannot write objects of its class
   */
  public Bytes write(Object record) {
    Bytes written = written(record);
    try {
      List<CborValue> items = LenientCbor.decodeSequence(written, writtenLimits);
      if (items.size() != 1 || !(items.get(0) instanceof MapValue map)) {
        throw new RecordMappingException(Reason.NOT_AN_OBJECT, "");
      }
      Bytes block = map.encode();
      new CborReader(limits).check(block.array(), block.offset(), block.length());
      return block;
    } catch (CborException e) {
      throw new RecordMappingException(
          switch (e.reason()) {
            case TOO_LARGE, TOO_DEEP -> Reason.TOO_LARGE;
            case DUPLICATE_KEY -> Reason.DUPLICATE_KEY;
            case FLOAT -> Reason.FRACTION;
            case INTEGER_RANGE -> Reason.INTEGER_RANGE;
            case NOT_UTF8 -> Reason.SURROGATE;
            case TRUNCATED,
                TRAILING_BYTES,
                NOT_SHORTEST,
                SIMPLE_VALUE,
                INDEFINITE_LENGTH,
                KEY_NOT_TEXT,
                KEY_ORDER,
                TAG,
                INVALID_CID,
                UNEXPECTED_TYPE ->
                Reason.NO_FORM;
          },
          "");
    }
  }

  /** The CID of the block that {@link #write} writes. */
  public Cid cid(Object record) {
    return Cid.ofDagCbor(write(record).toByteArray());
  }

  /** What Jackson writes, in the order of the class and with lengths that it did not know. */
  private Bytes written(Object record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RecordGenerator generator = new RecordGenerator(factory.createGenerator(out))) {
      jackson.writeValue(generator, record);
    } catch (InvalidDefinitionException e) {
      throw new IllegalArgumentException(
          "a class that Jackson cannot write: " + record.getClass().getName(), e);
    } catch (JsonProcessingException e) {
      throw new RecordMappingException(reasonOf(e), pathOf(e), e);
    } catch (UnsupportedOperationException e) { // raw text, which only JSON has
      throw new RecordMappingException(Reason.NO_FORM, "", e);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory", e);
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static Reason reasonOf(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnwritableValue unwritable) {
        return unwritable.reason();
      }
      if (cause instanceof StreamConstraintsException) {
        return Reason.TOO_LARGE; // nested as deep as Jackson goes: an object in itself
      }
    }
    return Reason.NO_FORM;
  }

  private static String pathOf(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      path.append('/');
      if (step.getFieldName() == null) {
        path.append(step.getIndex());
      } else {
        path.append(step.getFieldName().replace("~", "~0").replace("/", "~1"));
      }
    }
    return path.toString();
  }

  /** The tree of an object, as {@link #readTree} would read what {@link #write} writes of it. */
  public ObjectNode toTree(Object record) {
    return readTree(write(record));
  }
}
