import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;

/**
 * Takes turns with another program at one SQLite database, with Iceberg Java's JdbcCatalog.
 *
 * <p>Arguments: the database, the name of the catalog, the warehouse, and the version of the layout (V0 or V1). Needs SQLite's
 * JDBC driver on the class path. Reads commands from standard input, one a line, their words divided by tabs: "create TABLE",
 * "append TABLE FILE", "set TABLE KEY VALUE", "load TABLE", "tables NAMESPACE", "rename TABLE NEW-NAME", "drop TABLE", "view NAME",
 * "namespaces [NAMESPACE]", "namespace NAME [KEY VALUE]", "properties NAMESPACE", "property NAMESPACE KEY VALUE", "remove NAMESPACE KEY", "drop-namespace NAME". Answers each with a
 * line: "ok", then of a table the metadata file, the number of snapshots and the names of the data files, sorted; or "bad" and the error.
 */
public final class JdbcTurns {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "city", Types.StringType.get()),
          Types.NestedField.optional(3, "amount", Types.DoubleType.get()));

  private final JdbcCatalog catalog = new JdbcCatalog();

  private JdbcTurns(String database, String name, String warehouse, String version) {
    catalog.setConf(new Configuration());
    catalog.initialize(
        name,
        Map.of(
            "uri", "jdbc:sqlite:" + database,
            "warehouse", warehouse,
            "jdbc.schema-version", version,
            "jdbc.busy_timeout", "20000",
            // Looking for tables that are there, some versions of the driver begin to read and never end.
            "jdbc.init-catalog-tables", new File(database).exists() ? "false" : "true"));
  }

  public static void main(String[] args) throws Exception {
    JdbcTurns turns = new JdbcTurns(args[0], args[1], args[2], args[3]);
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
      case "rename":
        catalog.renameTable(name(words[1]), name(words[2]));
        return describe(catalog.loadTable(name(words[2])));
      case "view":
        catalog
            .buildView(name(words[1]))
            .withSchema(SCHEMA)
            .withDefaultNamespace(name(words[1]).namespace())
            .withQuery("spark", "select 1")
            .create();
        return "";
      case "namespaces":
        Namespace parent = words.length > 1 ? namespace(words[1]) : Namespace.empty();
        return catalog.listNamespaces(parent).stream()
            .map(Namespace::toString)
            .sorted()
            .collect(Collectors.joining(","));
      case "namespace":
        catalog.createNamespace(
            namespace(words[1]), words.length > 2 ? Map.of(words[2], words[3]) : Map.of());
        return "";
      case "properties":
        Map<String, String> properties =
            new TreeMap<>(catalog.loadNamespaceMetadata(namespace(words[1])));
        properties.remove("location");
        return properties.toString();
      case "property":
        return String.valueOf(
            catalog.setProperties(namespace(words[1]), Map.of(words[2], words[3])));
      case "remove":
        return String.valueOf(catalog.removeProperties(namespace(words[1]), Set.of(words[2])));
      case "drop-namespace":
        return String.valueOf(catalog.dropNamespace(namespace(words[1])));
      case "tables":
        return catalog.listTables(namespace(words[1])).stream()
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

  private static Namespace namespace(String text) {
    return Namespace.of(text.split("\\."));
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
