import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataTask;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataTableType;
import org.apache.iceberg.MetadataTableUtils;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

/**
 * Shows metadata tables as Iceberg Java sees them. Reads lines of words divided by tabs: the location of a metadata file, the id of a
 * snapshot or nothing for the current one, a file to write, and the names of metadata tables. Writes for each of them "schema", the
 * snapshot, the name and its schema as JSON, then "row", the snapshot, the name and a row as JSON for each row, with tabs between; or
 * "error", the snapshot, the name and what went wrong. Answers each line with "ok".
 *
 * <p>The rows of position_deletes are read through Spark, all others by Iceberg itself.
 *
 * <p>Arguments "/a=/b" say that files which a table has at "/a" lie at "/b"; the first that fits counts.
 */
public final class MetadataTables {
  private static final Map<String, String> PLACES = new LinkedHashMap<>();
  private static SparkSession spark;

  private MetadataTables() {}

  public static void main(String[] arguments) throws Exception {
    for (String argument : arguments) {
      String[] places = argument.split("=", 2);
      PLACES.put(places[0] + "/", places[1] + "/");
    }
    Configuration configuration = new Configuration();
    configuration.set("fs.file.impl", MovedFiles.class.getName());
    FileIO io = new HadoopFileIO(configuration);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split("\t", -1);
      Long snapshot = words[1].isEmpty() ? null : Long.valueOf(words[1]);
      try (PrintWriter output = new PrintWriter(words[2], StandardCharsets.UTF_8)) {
        for (int i = 3; i < words.length; i++) {
          String start = "\t" + words[1] + "\t" + words[i] + "\t";
          try {
            MetadataTableType type = MetadataTableType.valueOf(words[i].toUpperCase(Locale.ROOT));
            Table table = new BaseTable(new StaticTableOperations(words[0], io), "inspected");
            Table inspected = MetadataTableUtils.createMetadataTableInstance(table, type);
            Types.StructType columns = inspected.schema().asStruct();
            output.print("schema" + start + SchemaParser.toJson(inspected.schema()) + "\n");
            if (type == MetadataTableType.POSITION_DELETES) {
              for (Row row : sparkRows(words[0] + "#" + words[i], snapshot)) {
                output.print("row" + start + json(columns, row) + "\n");
              }
            } else {
              printRows(output, "row" + start, columns, inspected.newScan(), snapshot);
            }
          } catch (Exception e) {
            output.print("error" + start + String.valueOf(e).replaceAll("\\s+", " ") + "\n");
          }
        }
      }
      System.out.println("ok");
      System.out.flush();
    }
    if (spark != null) {
      spark.stop();
    }
  }

  private static void printRows(
      PrintWriter output, String start, Types.StructType columns, TableScan scan, Long snapshot) throws Exception {
    TableScan wanted = snapshot == null ? scan : scan.useSnapshot(snapshot);
    try (CloseableIterable<FileScanTask> tasks = wanted.planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterable<StructLike> rows = ((DataTask) task).rows()) {
          for (StructLike row : rows) {
            output.print(start + json(columns, row) + "\n");
          }
        }
      }
    }
  }

  private static List<Row> sparkRows(String path, Long snapshot) {
    if (spark == null) {
      spark =
          SparkSession.builder()
              .master("local[1]")
              .config("spark.ui.enabled", "false")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.sql.session.timeZone", "UTC")
              .config("spark.sql.datetime.java8API.enabled", "true")
              .config("spark.hadoop.fs.file.impl", MovedFiles.class.getName())
              .getOrCreate();
      spark.sparkContext().setLogLevel("OFF");
    }
    DataFrameReader reader = spark.read().format("iceberg");
    if (snapshot != null) {
      reader = reader.option("snapshot-id", snapshot);
    }
    return reader.load(path).collectAsList();
  }

  /** Finds files elsewhere than tables say. */
  public static final class MovedFiles extends LocalFileSystem {
    public MovedFiles() {
      super(
          new RawLocalFileSystem() {
            @Override
            public File pathToFile(Path path) {
              String plain = super.pathToFile(path).getPath();
              for (Map.Entry<String, String> place : PLACES.entrySet()) {
                if (plain.startsWith(place.getKey())) {
                  return new File(place.getValue() + plain.substring(place.getKey().length()));
                }
              }
              return new File(plain);
            }
          });
    }
  }

  /** A value of Spark as Iceberg has it. */
  private static Object plain(Object value) {
    if (value instanceof LocalDate) {
      return (int) ((LocalDate) value).toEpochDay();
    } else if (value instanceof Instant) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value);
    } else if (value instanceof LocalDateTime) {
      return plain(((LocalDateTime) value).toInstant(ZoneOffset.UTC));
    } else if (value instanceof scala.collection.Seq) {
      return JavaConverters.seqAsJavaList((scala.collection.Seq<?>) value);
    } else if (value instanceof scala.collection.Map) {
      return JavaConverters.mapAsJavaMap((scala.collection.Map<?, ?>) value);
    } else {
      return value;
    }
  }

  private static String json(Type type, Object found) {
    Object value = plain(found);
    if (value == null) {
      return "null";
    }
    switch (type.typeId()) {
      case BOOLEAN:
      case INTEGER:
      case LONG:
        return String.valueOf(value);
      case FLOAT:
      case DOUBLE:
        double number = ((Number) value).doubleValue();
        return Double.isFinite(number) ? String.valueOf(number) : quoted(String.valueOf(number));
      case STRING:
        return quoted(value.toString());
      case UUID:
        return quoted(value.toString().toLowerCase(Locale.ROOT));
      case DECIMAL:
        return quoted(((BigDecimal) value).toPlainString());
      case DATE:
        return quoted(LocalDate.ofEpochDay((Integer) value).toString());
      case TIME:
        return quoted(LocalTime.ofNanoOfDay((Long) value * 1000).format(DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS")));
      case TIMESTAMP:
        return quoted(timestamp((Long) value, 1000) + (((Types.TimestampType) type).shouldAdjustToUTC() ? "+00:00" : ""));
      case TIMESTAMP_NANO:
        return quoted(timestamp((Long) value, 1) + (((Types.TimestampNanoType) type).shouldAdjustToUTC() ? "+00:00" : ""));
      case FIXED:
      case BINARY:
        return quoted(hex(value));
      case STRUCT:
        StringBuilder object = new StringBuilder("{");
        List<Types.NestedField> fields = type.asStructType().fields();
        for (int i = 0; i < fields.size(); i++) {
          object.append(i == 0 ? "" : ",").append(quoted(fields.get(i).name())).append(":");
          object.append(json(fields.get(i).type(), field(value, i)));
        }
        return object.append("}").toString();
      case LIST:
        StringBuilder list = new StringBuilder("[");
        for (Object element : (Iterable<?>) value) {
          list.append(list.length() == 1 ? "" : ",").append(json(type.asListType().elementType(), element));
        }
        return list.append("]").toString();
      case MAP:
        StringBuilder map = new StringBuilder("[");
        // By the text of the key, as the library writes them.
        Map<String, Map.Entry<?, ?>> sorted = new TreeMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          sorted.put(String.valueOf(entry.getKey()), entry);
        }
        for (Map.Entry<?, ?> entry : sorted.values()) {
          map.append(map.length() == 1 ? "" : ",").append("[").append(json(type.asMapType().keyType(), entry.getKey()));
          map.append(",").append(json(type.asMapType().valueType(), entry.getValue())).append("]");
        }
        return map.append("]").toString();
      default:
        return quoted(value.toString());
    }
  }

  private static Object field(Object struct, int place) {
    return struct instanceof Row ? ((Row) struct).get(place) : ((StructLike) struct).get(place, Object.class);
  }

  private static String timestamp(long value, long nanos) {
    long perSecond = 1_000_000_000L / nanos;
    LocalDateTime time = LocalDateTime.ofEpochSecond(
        Math.floorDiv(value, perSecond), (int) (Math.floorMod(value, perSecond) * nanos), ZoneOffset.UTC);
    return time.format(DateTimeFormatter.ofPattern(nanos == 1 ? "uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS" : "uuuu-MM-dd'T'HH:mm:ss.SSSSSS"));
  }

  private static String hex(Object value) {
    byte[] bytes;
    if (value instanceof ByteBuffer) {
      ByteBuffer buffer = ((ByteBuffer) value).duplicate();
      bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
    } else {
      bytes = (byte[]) value;
    }
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append("\"").toString();
  }
}
