import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;

/**
 * Reads all that Iceberg Java can of a table's metadata and compares it with what Java works out itself.
 *
 * <p>Arguments: metadata files. For each it prints "json", the path and the metadata as Java writes it, then a line
 * "bad", the path and a finding for everything that does not fit, with tabs between; at last "done" and the path.
 */
public final class TableCheck {
  private final String path;
  private final FileIO io;
  private BaseTable table;

  private TableCheck(String path) {
    this.path = path;
    this.io = new HadoopFileIO(new Configuration());
  }

  public static void main(String[] paths) {
    for (String path : paths) {
      TableCheck check = new TableCheck(path);
      try {
        check.run();
      } catch (Exception e) {
        check.bad(String.valueOf(e));
      }
      System.out.println("done\t" + path);
    }
  }

  private void bad(String finding) {
    System.out.println("bad\t" + path + "\t" + finding.replaceAll("\\s+", " "));
  }

  private void expect(String what, Object stated, Object found) {
    if (!Objects.equals(stated, found)) {
      bad(what + ": stated " + stated + ", found " + found);
    }
  }

  private void run() throws Exception {
    TableMetadata metadata = TableMetadataParser.read(io, path);
    System.out.println("json\t" + path + "\t" + TableMetadataParser.toJson(metadata).replaceAll("\\s*\n\\s*", ""));
    table = new BaseTable(new StaticTableOperations(path, io), "checked");
    for (Snapshot snapshot : metadata.snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(io)) {
        checkManifest(manifest);
      }
    }
  }

  private void checkManifest(ManifestFile manifest) throws Exception {
    String name = manifest.path().substring(manifest.path().lastIndexOf('/') + 1);
    expect(name + " length", manifest.length(), io.newInputFile(manifest.path()).getLength());
    PartitionSpec spec = table.specs().get(manifest.partitionSpecId());
    if (manifest.content() != ManifestContent.DATA) {
      return;
    }
    Summaries summaries = new Summaries(spec);
    long liveRows = 0;
    int liveFiles = 0;
    try (var files = ManifestFiles.read(manifest, io, table.specs())) {
      for (var file : files) {
        liveFiles += 1;
        liveRows += file.recordCount();
        summaries.add(file.partition());
        checkFile(file);
        if (table.operations().current().formatVersion() > 1) {
          expect(file.location() + " has a sequence number", true, file.dataSequenceNumber() != null);
        }
      }
    }
    if (manifest.addedFilesCount() != null) {
      expect(name + " live files", manifest.addedFilesCount() + manifest.existingFilesCount(), liveFiles);
      expect(name + " live rows", manifest.addedRowsCount() + manifest.existingRowsCount(), liveRows);
    }
    if (manifest.partitions() != null && manifest.deletedFilesCount() != null && manifest.deletedFilesCount() == 0) {
      summaries.check(name, manifest.partitions());
    }
  }

  private void checkFile(ContentFile<?> file) {
    String name = file.location().substring(file.location().lastIndexOf('/') + 1);
    expect(name + " size", file.fileSizeInBytes(), io.newInputFile(file.location()).getLength());
    if (file.format() != FileFormat.PARQUET) {
      return;
    }
    Metrics metrics = ParquetUtil.fileMetrics(io.newInputFile(file.location()), MetricsConfig.forTable(table));
    expect(name + " rows", file.recordCount(), metrics.recordCount());
    counts(name + " column sizes", file.columnSizes(), metrics.columnSizes());
    counts(name + " value counts", file.valueCounts(), metrics.valueCounts());
    counts(name + " null counts", file.nullValueCounts(), metrics.nullValueCounts());
    bounds(name + " lower bound", file.lowerBounds(), metrics.lowerBounds());
    bounds(name + " upper bound", file.upperBounds(), metrics.upperBounds());
  }

  private void counts(String what, Map<Integer, Long> stated, Map<Integer, Long> found) {
    for (Integer id : union(stated, found)) {
      // Of what is inside lists and maps Java counts nothing.
      if (get(found, id) != null) {
        expect(what + " of " + column(id), get(stated, id), get(found, id));
      }
    }
  }

  private void bounds(String what, Map<Integer, ByteBuffer> stated, Map<Integer, ByteBuffer> found) {
    for (Integer id : union(stated, found)) {
      Type type = table.schema().findType(id);
      // A footer does not tell whether there are NaNs, so Java's bounds of such columns are others.
      if (type == null || type.typeId() == Type.TypeID.FLOAT || type.typeId() == Type.TypeID.DOUBLE) {
        continue;
      }
      ByteBuffer one = get(stated, id);
      ByteBuffer other = get(found, id);
      if (!Objects.equals(one, other)) {
        expect(what + " of " + column(id), text(type, one), text(type, other));
      }
    }
  }

  private String column(int id) {
    return table.schema().findColumnName(id) + " (" + id + ")";
  }

  private static String text(Type type, ByteBuffer bytes) {
    return bytes == null ? "none" : String.valueOf((Object) Conversions.fromByteBuffer(type, bytes.duplicate()));
  }

  private static <V> V get(Map<Integer, V> map, Integer id) {
    return map == null ? null : map.get(id);
  }

  private static Iterable<Integer> union(Map<Integer, ?> one, Map<Integer, ?> other) {
    TreeSet<Integer> ids = new TreeSet<>();
    if (one != null) {
      ids.addAll(one.keySet());
    }
    if (other != null) {
      ids.addAll(other.keySet());
    }
    return ids;
  }

  /** What a manifest list says of the partitions of a manifest, worked out from its files. */
  private final class Summaries {
    private final List<PartitionField> fields;
    private final List<Type> types = new ArrayList<>();
    private final boolean[] hasNull;
    private final boolean[] hasNaN;
    private final Map<Integer, Object> lower = new HashMap<>();
    private final Map<Integer, Object> upper = new HashMap<>();

    Summaries(PartitionSpec spec) {
      fields = spec.fields();
      spec.partitionType().fields().forEach(field -> types.add(field.type()));
      hasNull = new boolean[fields.size()];
      hasNaN = new boolean[fields.size()];
    }

    void add(StructLike partition) {
      for (int i = 0; i < types.size(); i += 1) {
        Object value = partition.get(i, types.get(i).typeId().javaClass());
        if (value == null) {
          hasNull[i] = true;
        } else if (value.equals(Float.NaN) || value.equals(Double.NaN)) {
          hasNaN[i] = true;
        } else {
          Comparator<Object> order = order(types.get(i));
          lower.merge(i, value, (a, b) -> order.compare(a, b) <= 0 ? a : b);
          upper.merge(i, value, (a, b) -> order.compare(a, b) >= 0 ? a : b);
        }
      }
    }

    /** As the specification orders values; this version of Java still takes the halves of a UUID for signed numbers. */
    private Comparator<Object> order(Type type) {
      if (type.typeId() == Type.TypeID.UUID) {
        return Comparator.comparing(value -> String.valueOf(value));
      }
      return Comparators.forType(type.asPrimitiveType());
    }

    void check(String name, List<ManifestFile.PartitionFieldSummary> stated) {
      expect(name + " partition summaries", stated.size(), types.size());
      for (int i = 0; i < Math.min(stated.size(), types.size()); i += 1) {
        String what = name + " partition " + fields.get(i).name();
        ManifestFile.PartitionFieldSummary summary = stated.get(i);
        expect(what + " has null", summary.containsNull(), hasNull[i]);
        if (summary.containsNaN() != null) {
          expect(what + " has NaN", summary.containsNaN(), hasNaN[i]);
        }
        Type type = types.get(i);
        expect(what + " lower", text(type, summary.lowerBound()), value(type, lower.get(i)));
        expect(what + " upper", text(type, summary.upperBound()), value(type, upper.get(i)));
      }
    }

    private String value(Type type, Object value) {
      return value == null ? "none" : text(type, Conversions.toByteBuffer(type, value));
    }
  }
}
