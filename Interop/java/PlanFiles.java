import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Plans scans. Reads lines of three words divided by tabs: the location of a metadata file, the id of
 * a snapshot, and a filter as JSON. Answers each with `ok` and the planned data files, or with `bad`
 * and what went wrong.
 */
public class PlanFiles {
  public static void main(String[] arguments) throws Exception {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    HadoopFileIO io = new HadoopFileIO(new Configuration());
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
}
