import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopTables;

/** Expires all snapshots of tables but the last of each, and removes no file: one table a round. */
public final class ExpirePlan {
  public static void main(String[] locations) throws Exception {
    double fastest = Double.MAX_VALUE;
    int count = 0;
    for (String location : locations) {
      Table table = new HadoopTables(new Configuration()).load(location);
      Set<String> deleted = ConcurrentHashMap.newKeySet();
      ExpireSnapshots expire =
          table
              .expireSnapshots()
              .expireOlderThan(System.currentTimeMillis() + 86_400_000L)
              .retainLast(1)
              .deleteWith(deleted::add);
      Method reachable =
          expire.getClass().getDeclaredMethod("withIncrementalCleanup", boolean.class);
      reachable.setAccessible(true);
      reachable.invoke(expire, false);
      long start = System.nanoTime();
      expire.commit();
      fastest = Math.min(fastest, (System.nanoTime() - start) / 1e6);
      count = deleted.size();
    }
    System.out.printf(
        "expire-snapshots of Java: fastest of %d %.0f ms, commit included, %d files%n",
        locations.length, fastest, count);
  }
}
