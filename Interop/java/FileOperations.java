import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.ReplacePartitions;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Types;

/**
 * Carries out operations on files that are only talked about, with Iceberg Java's HadoopCatalog.
 *
 * <p>Argument: the warehouse. Reads commands from standard input, one a line, their words divided by tabs: "create TABLE VERSION
 * KEY=VALUE...", or an operation, the table and lists of files divided by commas. A data file is a name such as A7, in the partition of
 * its first letter, with 7 rows; a delete file such as pA7 or eA7 holds deletes by position or equality for that partition, vA7
 * and wA7 are deletion vectors of A7. Answers each with "ok" and the metadata file, or "bad" and the error.
 */
public final class FileOperations {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "city", Types.StringType.get()),
          Types.NestedField.optional(3, "amount", Types.DoubleType.get()));

  private final HadoopCatalog catalog;

  private FileOperations(String warehouse) {
    this.catalog = new HadoopCatalog(new Configuration(), warehouse);
  }

  public static void main(String[] args) throws Exception {
    FileOperations operations = new FileOperations(args[0]);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      try {
        System.out.println("ok\t" + operations.run(line.split("\t", -1)));
      } catch (Exception e) {
        System.out.println("bad\t" + String.valueOf(e).replaceAll("\\s+", " "));
      }
      System.out.flush();
    }
  }

  private String run(String[] words) {
    TableIdentifier name = TableIdentifier.parse(words[1]);
    if (words[0].equals("create")) {
      Map<String, String> properties = new TreeMap<>();
      properties.put("format-version", words[2]);
      for (String property : Arrays.asList(words).subList(3, words.length)) {
        properties.put(property.split("=")[0], property.split("=")[1]);
      }
      PartitionSpec spec = PartitionSpec.builderFor(SCHEMA).identity("city").build();
      return location(catalog.createTable(name, SCHEMA, spec, null, properties));
    }
    Table table = catalog.loadTable(name);
    switch (words[0]) {
      case "append":
        AppendFiles append = table.newAppend();
        data(table, words[2]).forEach(append::appendFile);
        append.commit();
        break;
      case "fast-append":
        AppendFiles fast = table.newFastAppend();
        data(table, words[2]).forEach(fast::appendFile);
        fast.commit();
        break;
      case "overwrite":
        OverwriteFiles overwrite = table.newOverwrite();
        data(table, words[2]).forEach(overwrite::deleteFile);
        data(table, words[3]).forEach(overwrite::addFile);
        overwrite.commit();
        break;
      case "overwrite-where":
        OverwriteFiles filtered =
            table.newOverwrite().overwriteByRowFilter(Expressions.equal("city", words[2]));
        data(table, words[3]).forEach(filtered::addFile);
        filtered.commit();
        break;
      case "delete":
        DeleteFiles delete = table.newDelete();
        data(table, words[2]).forEach(file -> delete.deleteFile(file.location()));
        delete.commit();
        break;
      case "delete-where":
        table.newDelete().deleteFromRowFilter(Expressions.equal("city", words[2])).commit();
        break;
      case "replace-partitions":
        ReplacePartitions replace = table.newReplacePartitions();
        data(table, words[2]).forEach(replace::addFile);
        replace.commit();
        break;
      case "row-delta":
        RowDelta delta =
            table.newRowDelta().validateFromSnapshot(table.currentSnapshot().snapshotId());
        data(table, words[2]).forEach(delta::addRows);
        deletes(table, words[3]).forEach(delta::addDeletes);
        data(table, words[4]).forEach(delta::removeRows);
        deletes(table, words[5]).forEach(delta::removeDeletes);
        delta.commit();
        break;
      case "rewrite":
        RewriteFiles rewrite =
            table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
        data(table, words[2]).forEach(rewrite::deleteFile);
        data(table, words[3]).forEach(rewrite::addFile);
        rewrite.commit();
        break;
      default:
        throw new IllegalArgumentException("unknown command " + Arrays.toString(words));
    }
    return location(table);
  }

  private static List<String> names(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(","));
  }

  private static List<DataFile> data(Table table, String text) {
    List<DataFile> files = new ArrayList<>();
    for (String name : names(text)) {
      files.add(
          DataFiles.builder(table.spec())
              .withPath("/data/" + name + ".parquet")
              .withPartitionPath("city=" + name.charAt(0))
              .withFileSizeInBytes(100)
              .withRecordCount(Long.parseLong(name.substring(1)))
              .build());
    }
    return files;
  }

  private static List<DeleteFile> deletes(Table table, String text) {
    List<DeleteFile> files = new ArrayList<>();
    for (String name : names(text)) {
      FileMetadata.Builder builder =
          FileMetadata.deleteFileBuilder(table.spec())
              .withPartitionPath("city=" + name.charAt(1))
              .withFileSizeInBytes(50)
              .withRecordCount(1);
      switch (name.charAt(0)) {
        case 'e':
          builder.ofEqualityDeletes(1).withPath("/data/" + name + ".parquet");
          break;
        case 'v':
        case 'w':
          builder
              .ofPositionDeletes()
              .withFormat(FileFormat.PUFFIN)
              .withPath("/data/" + name + ".puffin")
              .withReferencedDataFile("/data/" + name.substring(1) + ".parquet")
              .withContentOffset(4)
              .withContentSizeInBytes(40);
          break;
        default:
          builder.ofPositionDeletes().withPath("/data/" + name + ".parquet");
      }
      files.add(builder.build());
    }
    return files;
  }

  private static String location(Table table) {
    table.refresh();
    return ((HasTableOperations) table).operations().current().metadataFileLocation();
  }
}
