import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * Does with Iceberg Java what another program does with a table of its own: references, rollbacks, staged snapshots and
 * cherry-picks.
 *
 * <p>Reads commands from standard input, one a line, their words divided by tabs; snapshots are named by their place in the order
 * in which they were made, files by a name and a city. Answers each with a line: "ok" or "bad", and the state of the table.
 */
public final class HistoryOperations {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "city", Types.StringType.get()),
          Types.NestedField.optional(3, "amount", Types.DoubleType.get()));

  private Table table;
  private final List<Long> ids = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    HistoryOperations operations = new HistoryOperations();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String outcome = "ok";
      try {
        // No two snapshots have one time.
        Thread.sleep(2);
        operations.run(line.split("\t"));
      } catch (Exception e) {
        outcome = "bad";
      }
      System.out.println(outcome + "\t" + operations.state());
      System.out.flush();
    }
  }

  private void run(String[] words) throws Exception {
    switch (words[0]) {
      case "create":
        PartitionSpec spec = PartitionSpec.builderFor(SCHEMA).identity("city").build();
        table =
            new HadoopTables(new Configuration())
                .create(SCHEMA, spec, Map.of("format-version", words[2]), words[1]);
        ids.clear();
        break;
      case "append":
        table.newAppend().appendFile(file(words[1], words[2])).toBranch(words[3]).commit();
        break;
      case "replace":
        table.newReplacePartitions().addFile(file(words[1], words[2])).toBranch(words[3]).commit();
        break;
      case "delete":
        table.newDelete().deleteFile(location(words[1])).toBranch(words[2]).commit();
        break;
      case "stage":
        table.newAppend().appendFile(file(words[1], words[2])).set("wap.id", words[3]).stageOnly()
            .commit();
        break;
      case "stage-replace":
        table.newReplacePartitions().addFile(file(words[1], words[2])).set("wap.id", words[3])
            .stageOnly().commit();
        break;
      case "stage-delete":
        table.newDelete().deleteFile(location(words[1])).set("wap.id", words[2]).stageOnly()
            .commit();
        break;
      case "branch":
        table.manageSnapshots().createBranch(words[1], id(words[2])).commit();
        break;
      case "tag":
        table.manageSnapshots().createTag(words[1], id(words[2])).commit();
        break;
      case "replace-branch":
        table.manageSnapshots().replaceBranch(words[1], id(words[2])).commit();
        break;
      case "replace-tag":
        table.manageSnapshots().replaceTag(words[1], id(words[2])).commit();
        break;
      case "point-branch":
        table.manageSnapshots().replaceBranch(words[1], words[2]).commit();
        break;
      case "remove-branch":
        table.manageSnapshots().removeBranch(words[1]).commit();
        break;
      case "remove-tag":
        table.manageSnapshots().removeTag(words[1]).commit();
        break;
      case "rename-branch":
        table.manageSnapshots().renameBranch(words[1], words[2]).commit();
        break;
      case "keep":
        table.manageSnapshots().setMinSnapshotsToKeep(words[1], Integer.parseInt(words[2]))
            .commit();
        break;
      case "age":
        table.manageSnapshots().setMaxRefAgeMs(words[1], Long.parseLong(words[2])).commit();
        break;
      case "fast-forward":
        table.manageSnapshots().fastForwardBranch(words[1], words[2]).commit();
        break;
      case "rollback":
        table.manageSnapshots().rollbackTo(id(words[1])).commit();
        break;
      case "rollback-before":
        table.manageSnapshots().rollbackToTime(table.snapshot(id(words[1])).timestampMillis())
            .commit();
        break;
      case "set-current":
        table.manageSnapshots().setCurrentSnapshot(id(words[1])).commit();
        break;
      case "pick":
        table.manageSnapshots().cherrypick(id(words[1])).commit();
        break;
      default:
        throw new IllegalArgumentException("unknown command " + words[0]);
    }
  }

  private long id(String place) {
    return ids.get(Integer.parseInt(place));
  }

  private String location(String name) {
    return table.location() + "/data/" + name + ".parquet";
  }

  private DataFile file(String name, String city) {
    return DataFiles.builder(table.spec())
        .withPath(location(name))
        .withPartitionPath("city=" + city)
        .withFileSizeInBytes(100)
        .withRecordCount(1)
        .build();
  }

  private String place(Long id) {
    return id == null ? "-" : String.valueOf(ids.indexOf(id));
  }

  private String state() throws Exception {
    table.refresh();
    for (Snapshot snapshot : table.snapshots()) {
      if (!ids.contains(snapshot.snapshotId())) {
        ids.add(snapshot.snapshotId());
      }
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, SnapshotRef> entry : new TreeMap<>(table.refs()).entrySet()) {
      SnapshotRef ref = entry.getValue();
      text.append(entry.getKey()).append('=').append(ref.isBranch() ? "branch" : "tag");
      text.append(place(ref.snapshotId())).append('/').append(ref.minSnapshotsToKeep());
      text.append('/').append(ref.maxRefAgeMs()).append(' ');
    }
    text.append("; ");
    for (Snapshot snapshot : table.snapshots()) {
      Map<String, String> summary = snapshot.summary();
      String source = summary.get("source-snapshot-id");
      text.append(place(snapshot.parentId())).append(':').append(snapshot.operation());
      text.append(':').append(summary.getOrDefault("wap.id", ""));
      text.append(':').append(summary.getOrDefault("published-wap-id", ""));
      text.append(':').append(source == null ? "" : place(Long.parseLong(source)));
      text.append(':').append(summary.getOrDefault("added-data-files", "0"));
      text.append(':').append(summary.getOrDefault("deleted-data-files", "0")).append(' ');
    }
    text.append("; ");
    table.history().forEach(entry -> text.append(place(entry.snapshotId())).append(' '));
    text.append("; ");
    List<String> names = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> names.add(task.file().location().replaceAll(".*/|\\.parquet$", "")));
    }
    names.sort(null);
    return text.append(String.join(",", names)).toString();
  }
}
