import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Goes on with tables that another program began: appends a copy of every data file, with Iceberg Java.
 *
 * <p>Arguments: table directories. Prints "done" and the directory, or "bad", the directory and the error.
 */
public final class TableAppend {
  private TableAppend() {}

  public static void main(String[] directories) {
    for (String directory : directories) {
      try {
        append(directory);
        System.out.println("done\t" + directory);
      } catch (Exception e) {
        System.out.println("bad\t" + directory + "\t" + String.valueOf(e).replaceAll("\\s+", " "));
      }
    }
  }

  private static void append(String directory) throws Exception {
    Table table = new HadoopTables(new Configuration()).load(directory);
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(task.file().copy());
      }
    }
    AppendFiles append = table.newAppend();
    for (int i = 0; i < files.size(); i += 1) {
      DataFile file = files.get(i);
      String original = file.location();
      String copy = original.substring(0, original.lastIndexOf('/') + 1) + "copy-" + i + "-" + name(original);
      Files.copy(local(original), local(copy));
      append.appendFile(
          DataFiles.builder(table.specs().get(file.specId()))
              .copy(file)
              .withFirstRowId(null)
              .withPath(copy)
              .build());
    }
    append.commit();
  }

  private static String name(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private static Path local(String location) {
    return Path.of(location.replaceFirst("^file:(//)?", ""));
  }
}
