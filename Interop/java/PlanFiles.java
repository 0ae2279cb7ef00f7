import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;

/**
 * Plans scans. Reads lines of three words divided by tabs: the location of a metadata file, the id of
 * a snapshot, and a filter as JSON. Answers each with `ok` and the planned data files, or with `bad`
 * and what went wrong.
 *
 * <p>Arguments `/a=/b` say that files which a table has at `/a` lie at `/b`; the first that fits counts.
 */
public class PlanFiles {
  public static void main(String[] arguments) throws Exception {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    MovedFileIO io = new MovedFileIO();
    for (String argument : arguments) {
      String[] places = argument.split("=", 2);
      io.places.put(places[0] + "/", places[1] + "/");
    }
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split("\t", -1);
      List<String> answer = new ArrayList<>();
      try {
        Table table = new BaseTable(new StaticTableOperations(words[0], io), "t");
        try (CloseableIterable<FileScanTask> tasks =
            table
                .newScan()
                .useSnapshot(Long.parseLong(words[1]))
                .filter(ExpressionParser.fromJson(words[2], table.schema()))
                .planFiles()) {
          for (FileScanTask task : tasks) {
            answer.add(task.file().location());
          }
        }
        answer.sort(null);
        answer.add(0, "ok");
      } catch (Exception problem) {
        answer.clear();
        answer.add("bad");
        answer.add(String.valueOf(problem).replaceAll("\\s+", " "));
      }
      System.out.println(String.join("\t", answer));
      System.out.flush();
    }
  }

  /** Finds files elsewhere than tables say. */
  private static class MovedFileIO extends HadoopFileIO {
    final Map<String, String> places = new LinkedHashMap<>();

    MovedFileIO() {
      super(new Configuration());
    }

    @Override
    public InputFile newInputFile(String path) {
      return super.newInputFile(moved(path));
    }

    @Override
    public InputFile newInputFile(String path, long length) {
      return super.newInputFile(moved(path), length);
    }

    private String moved(String path) {
      String plain = path.replaceFirst("^file:/*", "/");
      for (Map.Entry<String, String> place : places.entrySet()) {
        if (plain.startsWith(place.getKey())) {
          return place.getValue() + plain.substring(place.getKey().length());
        }
      }
      return path;
    }
  }
}
