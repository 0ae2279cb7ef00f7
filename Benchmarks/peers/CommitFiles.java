import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.types.Types;

/** The work of commit-files with Iceberg Java, in memory. Arguments: the numbers of files. */
public final class CommitFiles {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "at", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "column_2", Types.StringType.get()),
          Types.NestedField.optional(3, "column_3", Types.LongType.get()),
          Types.NestedField.optional(4, "column_4", Types.StringType.get()));
  private static final PartitionSpec SPEC = PartitionSpec.builderFor(SCHEMA).day("at").build();
  private static final int FIRST_DAY = 19_000;

  private static int tables = 0;

  private CommitFiles() {}

  private interface Work {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    // The compiler of the virtual machine has its time before anything is measured.
    Table warm = make(1_000, 1_000, Map.of());
    for (int i = 0; i < 200; i += 1) {
      fastAppend(warm, "warm-" + i);
    }
    for (String count : args) {
      int files = Integer.parseInt(count);
      Table table = make(files, 10_000, Map.of());
      measureFastAppend("fast append to " + files + " files", table);
    }
    Table list = make(10_000, 10_000, Map.of("commit.manifest.target-size-bytes", "1"));
    measureFastAppend("fast append to 10000 manifests", list);
    Table merged =
        make(
            100_000,
            1_000,
            Map.of("commit.manifest.target-size-bytes", String.valueOf(256 << 20)));
    int[] round = {0};
    measure(
        "append that merges 100 manifests",
        100_000,
        "entries",
        9,
        () -> {
          AppendFiles append = merged.newAppend().appendFile(file(0, FIRST_DAY));
          append.toBranch("round-" + (round[0]++)).commit();
        });
    for (int writers : new int[] {1, 8}) {
      measure(
          "commits of " + writers + " writers to one table",
          320,
          "commits",
          5,
          () -> race(writers, 320 / writers));
    }
  }

  private static void race(int writers, int commits) throws Exception {
    InMemoryCatalog catalog = catalog();
    TableIdentifier name = TableIdentifier.of("large", "files");
    Map<String, String> properties =
        Map.of(
            "commit.retry.num-retries", "1000",
            "commit.retry.min-wait-ms", "1",
            "commit.retry.max-wait-ms", "10");
    Table table = catalog.createTable(name, SCHEMA, SPEC, properties);
    AppendFiles first = table.newFastAppend();
    for (int i = 0; i < 1_000; i += 1) {
      first.appendFile(file(i, FIRST_DAY + (int) ((long) i * 365 / 1_000)));
    }
    first.commit();
    ExecutorService pool = Executors.newFixedThreadPool(writers);
    List<Future<?>> futures = new ArrayList<>();
    for (int w = 0; w < writers; w += 1) {
      futures.add(
          pool.submit(
              () -> {
                Table own = catalog.loadTable(name);
                for (int i = 0; i < commits; i += 1) {
                  own.newFastAppend().appendFile(file(0, FIRST_DAY)).commit();
                }
              }));
    }
    for (Future<?> future : futures) {
      future.get();
    }
    pool.shutdown();
  }

  private static InMemoryCatalog catalog() {
    InMemoryCatalog catalog = new InMemoryCatalog();
    catalog.initialize("memory" + (tables++), Map.of());
    catalog.createNamespace(Namespace.of("large"));
    return catalog;
  }

  private static Table make(int count, int filesPerCommit, Map<String, String> properties) {
    Table table =
        catalog().createTable(TableIdentifier.of("large", "files"), SCHEMA, SPEC, properties);
    for (int start = 0; start < count; start += filesPerCommit) {
      AppendFiles append = table.newFastAppend();
      for (int i = start; i < Math.min(count, start + filesPerCommit); i += 1) {
        append.appendFile(file(i, FIRST_DAY + (int) ((long) i * 365 / count)));
      }
      append.commit();
    }
    return table;
  }

  private static void fastAppend(Table table, String branch) {
    table.newFastAppend().appendFile(file(0, FIRST_DAY)).toBranch(branch).commit();
  }

  private static void measureFastAppend(String name, Table table) throws Exception {
    int[] round = {0};
    measure(name, 1, "commits", 9, () -> fastAppend(table, "round-" + (round[0]++)));
  }

  private static void measure(String name, int amount, String unit, int rounds, Work work)
      throws Exception {
    work.run();
    double[] times = new double[rounds];
    for (int i = 0; i < rounds; i += 1) {
      long start = System.nanoTime();
      work.run();
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(times);
    double median = times[rounds / 2];
    System.out.println(
        String.format(
            Locale.ROOT,
            "%s, of Java: %.2f %s/s, %d %s in %.2f ms (median of %d, fastest %.2f ms)",
            name, amount * 1_000 / median, unit, amount, unit, median, rounds, times[0]));
    System.out.flush();
  }

  private static DataFile file(int number, int day) {
    long records = 100_000 + number;
    Map<Integer, Long> sizes = new HashMap<>();
    Map<Integer, Long> values = new HashMap<>();
    Map<Integer, Long> nulls = new HashMap<>();
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    for (int id = 1; id <= 4; id += 1) {
      sizes.put(id, 1_000_000L + (long) id * number);
      values.put(id, records);
      nulls.put(id, (long) id);
      long value = (long) (id == 1 ? day : number) * 86_400_000_000L;
      lower.put(id, bound(id, value));
      upper.put(id, bound(id, value + 86_399_999_999L));
    }
    PartitionData partition = new PartitionData(SPEC.partitionType());
    partition.set(0, day);
    return DataFiles.builder(SPEC)
        .withPath(
            "s3://warehouse/logs/events/data/at_day="
                + day
                + "/00000-"
                + number
                + "-0b4ae1a2-93a4-4c8c-8ed2-06a8a4f1f0d6-00001.parquet")
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition)
        .withFileSizeInBytes(134_217_728L + number)
        .withMetrics(new Metrics(records, sizes, values, nulls, null, lower, upper))
        .withSplitOffsets(List.of(4L, 67_108_864L))
        .build();
  }

  private static ByteBuffer bound(int id, long value) {
    if (id % 2 == 0) {
      return ByteBuffer.wrap(("value-" + value).getBytes(StandardCharsets.UTF_8));
    }
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    bytes.flip();
    return bytes;
  }
}
