import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * Takes turns with another program at the tables of one warehouse, with Iceberg Java's HadoopCatalog and HadoopTables.
 *
 * <p>Argument: the warehouse. Reads commands from standard input, one a line, their words divided by tabs: "create TABLE",
 * "append TABLE FILE", "set TABLE KEY VALUE", "load TABLE", "open FOLDER", "tables NAMESPACE", "drop TABLE". Answers each with
 * a line: "ok", then of a table the metadata file, the number of snapshots and the names of the data files, sorted; or "bad" and the error.
 */
public final class HadoopTurns {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "city", Types.StringType.get()),
          Types.NestedField.optional(3, "amount", Types.DoubleType.get()));

  private final HadoopCatalog catalog;

  private HadoopTurns(String warehouse) {
    this.catalog = new HadoopCatalog(new Configuration(), warehouse);
  }

  public static void main(String[] args) throws Exception {
    HadoopTurns turns = new HadoopTurns(args[0]);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      try {
        System.out.println("ok\t" + turns.run(line.split("\t")));
      } catch (Exception e) {
        System.out.println("bad\t" + String.valueOf(e).replaceAll("\\s+", " "));
      }
      System.out.flush();
    }
  }

  private String run(String[] words) throws Exception {
    switch (words[0]) {
      case "create":
        return describe(catalog.createTable(name(words[1]), SCHEMA, PartitionSpec.unpartitioned()));
      case "append":
        Table table = catalog.loadTable(name(words[1]));
        table
            .newFastAppend()
            .appendFile(
                DataFiles.builder(table.spec())
                    .withPath(table.location() + "/data/" + words[2] + ".parquet")
                    .withFileSizeInBytes(100)
                    .withRecordCount(1)
                    .build())
            .commit();
        return describe(table);
      case "set":
        Table changed = catalog.loadTable(name(words[1]));
        changed.updateProperties().set(words[2], words[3]).commit();
        return describe(changed);
      case "load":
        return describe(catalog.loadTable(name(words[1])));
      case "open":
        return describe(new HadoopTables(new Configuration()).load(words[1]));
      case "tables":
        return catalog.listTables(Namespace.of(words[1].split("\\."))).stream()
            .map(TableIdentifier::toString)
            .sorted()
            .collect(Collectors.joining(","));
      case "drop":
        return String.valueOf(catalog.dropTable(name(words[1]), true));
      default:
        throw new IllegalArgumentException("unknown command " + Arrays.toString(words));
    }
  }

  private static TableIdentifier name(String text) {
    return TableIdentifier.parse(text);
  }

  private static String describe(Table table) throws Exception {
    table.refresh();
    List<String> files;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      files =
          org.apache.iceberg.relocated.com.google.common.collect.Lists.newArrayList(tasks).stream()
              .map(task -> task.file().location().replaceAll(".*/|\\.parquet$", ""))
              .sorted()
              .collect(Collectors.toList());
    }
    int snapshots = 0;
    for (Object ignored : table.snapshots()) {
      snapshots += 1;
    }
    String metadata =
        ((HasTableOperations) table).operations().current().metadataFileLocation();
    return metadata.replaceAll(".*/", "") + "\t" + snapshots + "\t" + String.join(",", files);
  }
}
