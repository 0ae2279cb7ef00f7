import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.ReplacePartitions;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RewriteManifests;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * Carries out operations on a table with Iceberg Java and tells what came of each. The files exist by
 * name only: what is looked at are snapshots, manifests and their entries.
 *
 * <p>Argument: the folder of the table. Reads one operation a line, as JSON, "create" first. Answers
 * each with a line: "ok", a tab and the state of the table as JSON, or "bad", a tab and the error.
 * Snapshots are told by their number in the order in which they were made.
 */
public final class ReplayHistory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "part", Types.IntegerType.get()),
          Types.NestedField.optional(3, "name", Types.StringType.get()));

  private static final ExecutorService ONE_THREAD =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
          });

  private final String location;
  private final List<Long> snapshots = new ArrayList<>();
  private Table table;

  private ReplayHistory(String location) {
    this.location = location;
  }

  public static void main(String[] args) throws Exception {
    ReplayHistory history = new ReplayHistory(args[0]);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      try {
        JsonNode op = JSON.readTree(line);
        ObjectNode answer;
        if (op.get("op").asText().equals("expire")) {
          answer = history.expire(op);
        } else {
          history.run(op);
          answer = history.state();
        }
        System.out.println("ok\t" + JSON.writeValueAsString(answer));
      } catch (Exception e) {
        System.out.println("bad\t" + String.valueOf(e).replaceAll("\\s+", " "));
      }
      System.out.flush();
    }
  }

  private void run(JsonNode op) {
    if (op.get("op").asText().equals("create")) {
      create(op);
      return;
    }
    // A failed operation must not leave its marks on the next one.
    table = new HadoopTables(new Configuration()).load(location);
    switch (op.get("op").asText()) {
      case "append":
      case "fast-append":
        AppendFiles append =
            op.get("op").asText().equals("append") ? table.newAppend() : table.newFastAppend();
        dataFiles(op, "add").forEach(append::appendFile);
        commit(append, op);
        break;
      case "overwrite":
        OverwriteFiles overwrite = table.newOverwrite();
        if (op.has("filter")) {
          overwrite.overwriteByRowFilter(filter(op));
        }
        dataFiles(op, "add").forEach(overwrite::addFile);
        dataFiles(op, "remove").forEach(overwrite::deleteFile);
        commit(overwrite, op);
        break;
      case "delete":
        DeleteFiles delete = table.newDelete();
        if (op.has("filter")) {
          delete.deleteFromRowFilter(filter(op));
        }
        dataFiles(op, "remove").forEach(file -> delete.deleteFile(file.location()));
        commit(delete, op);
        break;
      case "replace-partitions":
        ReplacePartitions replace = table.newReplacePartitions();
        dataFiles(op, "add").forEach(replace::addFile);
        commit(replace, op);
        break;
      case "row-delta":
        RowDelta delta = table.newRowDelta();
        if (last(op) != null) {
          delta.validateFromSnapshot(last(op));
        }
        dataFiles(op, "add").forEach(delta::addRows);
        deleteFiles(op, "add-deletes").forEach(delta::addDeletes);
        dataFiles(op, "remove").forEach(delta::removeRows);
        deleteFiles(op, "remove-deletes").forEach(delta::removeDeletes);
        commit(delta, op);
        break;
      case "rewrite":
        RewriteFiles rewrite = table.newRewrite();
        if (last(op) != null) {
          rewrite.validateFromSnapshot(last(op));
        }
        dataFiles(op, "remove").forEach(rewrite::deleteFile);
        dataFiles(op, "add").forEach(rewrite::addFile);
        deleteFiles(op, "remove-deletes").forEach(rewrite::deleteFile);
        deleteFiles(op, "add-deletes").forEach(rewrite::addFile);
        if (op.has("sequence-number")) {
          rewrite.dataSequenceNumber(op.get("sequence-number").asLong());
        }
        commit(rewrite, op);
        break;
      case "rewrite-manifests":
        RewriteManifests manifests = table.rewriteManifests();
        // One after the other, so that entries stay in their order.
        manifests.scanManifestsWith(ONE_THREAD);
        manifests.clusterBy(
            op.get("cluster").asText().equals("partition") ? file -> partition(file) : file -> "all");
        if (op.has("spec")) {
          manifests.rewriteIf(file -> file.partitionSpecId() == op.get("spec").asInt());
        }
        commit(manifests, op);
        break;
      case "branch":
        table.manageSnapshots().createBranch(name(op), id(op)).commit();
        break;
      case "tag":
        table.manageSnapshots().createTag(name(op), id(op)).commit();
        break;
      case "remove-branch":
        table.manageSnapshots().removeBranch(name(op)).commit();
        break;
      case "fast-forward":
        table.manageSnapshots().fastForwardBranch(name(op), op.get("to").asText()).commit();
        break;
      case "rollback":
        table.manageSnapshots().rollbackTo(id(op)).commit();
        break;
      case "set-current":
        table.manageSnapshots().setCurrentSnapshot(id(op)).commit();
        break;
      case "cherry-pick":
        table.manageSnapshots().cherrypick(id(op)).commit();
        break;
      case "set-property":
        table.updateProperties().set(name(op), op.get("value").asText()).commit();
        break;
      case "add-column":
        table.updateSchema().addColumn(name(op), Types.StringType.get()).commit();
        break;
      case "rename-column":
        table.updateSchema().renameColumn(name(op), op.get("to").asText()).commit();
        break;
      case "delete-column":
        table.updateSchema().deleteColumn(name(op)).commit();
        break;
      case "add-partition-field":
        table.updateSpec().addField(Expressions.bucket("id", op.get("count").asInt())).commit();
        break;
      case "remove-partition-field":
        table.updateSpec().removeField(name(op)).commit();
        break;
      case "rename-partition-field":
        table.updateSpec().renameField(name(op), op.get("to").asText()).commit();
        break;
      case "upgrade":
        table
            .updateProperties()
            .set("format-version", op.get("version").asText())
            .commit();
        break;
      default:
        throw new IllegalArgumentException("unknown operation " + op.get("op"));
    }
  }

  /**
   * Expires all snapshots but the last ones of each branch, and tells what stays and which files go.
   * Always by what is reachable: the quicker way of Java's leaves some files behind.
   */
  private ObjectNode expire(JsonNode op) throws ReflectiveOperationException {
    table = new HadoopTables(new Configuration()).load(location);
    List<String> deleted = Collections.synchronizedList(new ArrayList<>());
    ExpireSnapshots expire =
        table
            .expireSnapshots()
            .expireOlderThan(System.currentTimeMillis() + 86_400_000L)
            .retainLast(op.get("keep").asInt())
            .cleanExpiredMetadata(op.get("clean").asBoolean())
            .deleteWith(deleted::add);
    Method reachable =
        expire.getClass().getDeclaredMethod("withIncrementalCleanup", boolean.class);
    reachable.setAccessible(true);
    reachable.invoke(expire, false);
    expire.commit();
    table.refresh();
    TableMetadata metadata = ((HasTableOperations) table).operations().current();
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode kept = answer.putArray("kept");
    for (int i = 0; i < snapshots.size(); i += 1) {
      if (metadata.snapshot(snapshots.get(i)) != null) {
        kept.add(i);
      }
    }
    ArrayNode refs = answer.putArray("refs");
    new TreeMap<>(metadata.refs()).keySet().forEach(refs::add);
    answer.put("schemas", metadata.schemas().size());
    answer.put("specs", metadata.specs().size());
    TreeSet<String> files = new TreeSet<>();
    int manifests = 0;
    int lists = 0;
    for (String path : new TreeSet<>(deleted)) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (name.startsWith("snap-")) {
        lists += 1;
      } else if (name.endsWith(".avro")) {
        manifests += 1;
      } else {
        files.add(name);
      }
    }
    answer.put("manifests", manifests);
    answer.put("lists", lists);
    files.forEach(answer.putArray("files")::add);
    return answer;
  }

  private void create(JsonNode op) {
    Map<String, String> properties = new HashMap<>();
    op.get("properties").fields().forEachRemaining(p -> properties.put(p.getKey(), p.getValue().asText()));
    PartitionSpec spec =
        op.get("partitioned").asBoolean()
            ? PartitionSpec.builderFor(SCHEMA).identity("part").build()
            : PartitionSpec.unpartitioned();
    table = new HadoopTables(new Configuration()).create(SCHEMA, spec, properties, location);
  }

  private void commit(SnapshotUpdate<?> update, JsonNode op) {
    if (op.has("branch")) {
      update.toBranch(op.get("branch").asText());
    }
    if (op.has("wap")) {
      update.set("wap.id", op.get("wap").asText());
      update.stageOnly();
    }
    update.commit();
  }

  /** The last snapshot of the branch of an operation; null when it has none. */
  private Long last(JsonNode op) {
    SnapshotRef ref = table.refs().get(op.has("branch") ? op.get("branch").asText() : "main");
    return ref == null ? null : ref.snapshotId();
  }

  private static String name(JsonNode op) {
    return op.get("name").asText();
  }

  private long id(JsonNode op) {
    return snapshots.get(op.get("snapshot").asInt());
  }

  private Expression filter(JsonNode op) {
    return ExpressionParser.fromJson(op.get("filter").toString(), table.schema());
  }

  // Files.

  private String path(JsonNode file, String key) {
    return location + "/data/" + file.get(key).asText();
  }

  private PartitionSpec spec(JsonNode file) {
    return table.specs().get(file.get("spec").asInt());
  }

  private StructLike partition(JsonNode file, PartitionSpec spec) {
    PartitionData data = new PartitionData(spec.partitionType());
    JsonNode values = file.get("partition");
    for (int i = 0; i < values.size(); i += 1) {
      data.set(i, values.get(i).isNull() ? null : (Object) values.get(i).asInt());
    }
    return data;
  }

  private Metrics metrics(JsonNode file) {
    long records = file.get("records").asLong();
    if (!file.has("lower")) {
      return new Metrics(records, null, null, null, null);
    }
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    lower.put(1, Conversions.toByteBuffer(Types.LongType.get(), file.get("lower").asLong()));
    upper.put(1, Conversions.toByteBuffer(Types.LongType.get(), file.get("upper").asLong()));
    return new Metrics(
        records, null, Map.of(1, records), Map.of(1, 0L), null, lower, upper);
  }

  private List<DataFile> dataFiles(JsonNode op, String key) {
    List<DataFile> files = new ArrayList<>();
    if (!op.has(key)) {
      return files;
    }
    for (JsonNode file : op.get(key)) {
      PartitionSpec spec = spec(file);
      if (key.equals("remove") && spec.isUnpartitioned() && !spec.fields().isEmpty()) {
        // A built one has no partition value where all fields are void, and is not found.
        files.add(listed(path(file, "name")));
        continue;
      }
      DataFiles.Builder builder =
          DataFiles.builder(spec)
              .withPath(path(file, "name"))
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(file.get("size").asLong())
              .withMetrics(metrics(file));
      if (spec.isPartitioned()) {
        builder.withPartition(partition(file, spec));
      }
      files.add(builder.build());
    }
    return files;
  }

  /** A data file as the newest manifest that has it tells it. */
  private DataFile listed(String path) {
    DataFile found = null;
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        try (ManifestReader<DataFile> reader =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          for (DataFile file : reader) {
            found = file.location().equals(path) ? file.copy() : found;
          }
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    }
    if (found == null) {
      throw new IllegalArgumentException("no manifest has " + path);
    }
    return found;
  }

  private List<DeleteFile> deleteFiles(JsonNode op, String key) {
    List<DeleteFile> files = new ArrayList<>();
    if (!op.has(key)) {
      return files;
    }
    for (JsonNode file : op.get(key)) {
      PartitionSpec spec = spec(file);
      FileMetadata.Builder builder =
          FileMetadata.deleteFileBuilder(spec)
              .withPath(path(file, "name"))
              .withFileSizeInBytes(file.get("size").asLong())
              .withRecordCount(file.get("records").asLong());
      switch (file.get("content").asText()) {
        case "equality":
          builder.ofEqualityDeletes(1).withFormat(FileFormat.PARQUET);
          break;
        case "vector":
          builder
              .ofPositionDeletes()
              .withFormat(FileFormat.PUFFIN)
              .withReferencedDataFile(path(file, "references"))
              .withContentOffset(file.get("offset").asLong())
              .withContentSizeInBytes(file.get("length").asLong());
          break;
        default:
          builder.ofPositionDeletes().withFormat(FileFormat.PARQUET);
          if (file.has("references")) {
            builder.withReferencedDataFile(path(file, "references"));
          }
      }
      if (spec.isPartitioned()) {
        builder.withPartition(partition(file, spec));
      }
      files.add(builder.build());
    }
    return files;
  }

  // State.

  private ObjectNode state() throws Exception {
    table.refresh();
    TableMetadata metadata = ((HasTableOperations) table).operations().current();
    List<Snapshot> made = new ArrayList<>(metadata.snapshots());
    for (Snapshot snapshot : made) {
      if (!snapshots.contains(snapshot.snapshotId())) {
        snapshots.add(snapshot.snapshotId());
      }
    }
    ObjectNode state = JSON.createObjectNode();
    state.put("version", metadata.formatVersion());
    state.put("last-sequence-number", metadata.lastSequenceNumber());
    state.put("last-column-id", metadata.lastColumnId());
    state.put("last-partition-id", metadata.lastAssignedPartitionId());
    state.put("schema", metadata.currentSchemaId());
    state.put("schemas", metadata.schemas().size());
    state.put("spec", metadata.defaultSpecId());
    state.put("specs", metadata.specs().size());
    if (metadata.formatVersion() >= 3) {
      state.put("next-row-id", metadata.nextRowId());
    }
    ArrayNode history = state.putArray("log");
    metadata.snapshotLog().forEach(entry -> history.add(number(entry.snapshotId())));
    ObjectNode refs = state.putObject("refs");
    for (Map.Entry<String, SnapshotRef> ref : new TreeMap<>(metadata.refs()).entrySet()) {
      refs.put(ref.getKey(), ref.getValue().type() + " " + number(ref.getValue().snapshotId()));
    }
    ArrayNode all = state.putArray("snapshots");
    for (long id : snapshots) {
      Snapshot snapshot = metadata.snapshot(id);
      if (snapshot == null) {
        all.addNull();
      } else {
        describe(snapshot, all.addObject());
      }
    }
    // What is in the newest snapshot; the others were looked at when they were.
    if (!snapshots.isEmpty()) {
      Snapshot last = metadata.snapshot(snapshots.get(snapshots.size() - 1));
      if (last != null) {
        content(last, state);
      }
    }
    return state;
  }

  private int number(long id) {
    return snapshots.indexOf(id);
  }

  private void describe(Snapshot snapshot, ObjectNode node) {
    node.put("parent", snapshot.parentId() == null ? -1 : number(snapshot.parentId()));
    node.put("sequence-number", snapshot.sequenceNumber());
    node.put("operation", snapshot.operation());
    if (snapshot.schemaId() != null) {
      node.put("schema", snapshot.schemaId());
    }
    if (snapshot.firstRowId() != null) {
      node.put("first-row-id", snapshot.firstRowId());
      node.put("added-rows", snapshot.addedRows());
    }
    ObjectNode summary = node.putObject("summary");
    new TreeMap<>(snapshot.summary())
        .forEach(
            (key, value) -> {
              if (key.equals("source-snapshot-id")) {
                summary.put(key, String.valueOf(number(Long.parseLong(value))));
              } else if (!key.equals("iceberg-version") && !key.startsWith("manifests-")) {
                summary.put(key, value);
              }
            });
  }

  private void content(Snapshot snapshot, ObjectNode state) throws Exception {
    ArrayNode manifests = state.putArray("manifests");
    TreeMap<String, ObjectNode> live = new TreeMap<>();
    for (ManifestFile manifest : snapshot.allManifests(table.io())) {
      ObjectNode node = manifests.addObject();
      node.put("content", manifest.content().name());
      node.put("spec", manifest.partitionSpecId());
      node.put("sequence-number", manifest.sequenceNumber());
      node.put("min-sequence-number", manifest.minSequenceNumber());
      node.put("snapshot", number(manifest.snapshotId()));
      node.put("added", manifest.addedFilesCount() + " " + manifest.addedRowsCount());
      node.put("existing", manifest.existingFilesCount() + " " + manifest.existingRowsCount());
      node.put("deleted", manifest.deletedFilesCount() + " " + manifest.deletedRowsCount());
      if (manifest.firstRowId() != null) {
        node.put("first-row-id", manifest.firstRowId());
      }
      if (manifest.content() == ManifestContent.DATA) {
        try (ManifestReader<DataFile> reader =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          reader.forEach(file -> add(file, live));
        }
      } else {
        try (ManifestReader<DeleteFile> reader =
            ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
          reader.forEach(file -> add(file, live));
        }
      }
    }
    ObjectNode files = state.putObject("files");
    live.forEach(files::set);
  }

  private static String partition(ContentFile<?> file) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < file.partition().size(); i += 1) {
      values.add(String.valueOf(file.partition().get(i, Object.class)));
    }
    return String.join("/", values);
  }

  private void add(ContentFile<?> file, TreeMap<String, ObjectNode> live) {
    ObjectNode node = JSON.createObjectNode();
    node.put("content", file.content().name());
    node.put("spec", file.specId());
    node.put("partition", partition(file));
    node.put("records", file.recordCount());
    node.put("size", file.fileSizeInBytes());
    node.put("data-sequence-number", file.dataSequenceNumber());
    node.put("file-sequence-number", file.fileSequenceNumber());
    if (file.firstRowId() != null) {
      node.put("first-row-id", file.firstRowId());
    }
    String name = file.location().substring(file.location().lastIndexOf('/') + 1);
    if (file instanceof DeleteFile && ((DeleteFile) file).contentOffset() != null) {
      name += "@" + ((DeleteFile) file).contentOffset();
    }
    // A file that is listed twice is told twice.
    while (live.containsKey(name)) {
      name += "+";
    }
    live.put(name, node);
  }
}
