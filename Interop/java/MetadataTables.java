import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
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

/**
 * Prints the metadata tables of a table as Iceberg Java sees them.
 *
 * <p>Arguments: metadata files, each maybe with "@" and a snapshot id behind it. For each metadata table it prints "schema", the argument, the
 * name of the metadata table and its schema as JSON, then "row", the argument, the name and a row as JSON for each row, with tabs between. The
 * rows of position_deletes are not printed: Java reads them through an engine.
 */
public final class MetadataTables {
  private MetadataTables() {}

  public static void main(String[] arguments) {
    for (String argument : arguments) {
      int at = argument.lastIndexOf('@');
      String path = at < 0 ? argument : argument.substring(0, at);
      Long snapshot = at < 0 ? null : Long.valueOf(argument.substring(at + 1));
      for (MetadataTableType type : MetadataTableType.values()) {
        String name = type.name().toLowerCase(Locale.ROOT);
        try {
          FileIO io = new HadoopFileIO(new Configuration());
          Table table = new BaseTable(new StaticTableOperations(path, io), "inspected");
          print(argument, name, MetadataTableUtils.createMetadataTableInstance(table, type), snapshot);
        } catch (Exception e) {
          System.out.println("error\t" + argument + "\t" + name + "\t" + String.valueOf(e).replaceAll("\\s+", " "));
        }
      }
    }
  }

  private static void print(String argument, String name, Table table, Long snapshot) throws Exception {
    System.out.println("schema\t" + argument + "\t" + name + "\t" + SchemaParser.toJson(table.schema()));
    if (name.equals("position_deletes")) {
      return;
    }
    TableScan scan = table.newScan();
    if (snapshot != null) {
      scan = scan.useSnapshot(snapshot);
    }
    List<String> lines = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterable<StructLike> rows = ((DataTask) task).rows()) {
          for (StructLike row : rows) {
            lines.add(json(table.schema().asStruct(), row));
          }
        }
      }
    }
    for (String line : lines) {
      System.out.println("row\t" + argument + "\t" + name + "\t" + line);
    }
  }

  private static String json(Type type, Object value) {
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
          object.append(json(fields.get(i).type(), ((StructLike) value).get(i, Object.class)));
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
