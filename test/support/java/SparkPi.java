import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Estimates Pi, for the tests of Hearth. The random numbers of a slice depend on the slice alone, so
 * the result for a number of slices is the same wherever and however often a slice was computed.
 *
 * <p>Arguments: SLICES [--task-ms MS] [--rounds N] [--until-file FILE] [--rest-until-file FILE]. Every
 * task takes at least MS milliseconds. The job is run N times (once), or again and again until FILE
 * exists; then nothing is computed until the file to rest for exists. One line is printed when the
 * application has started, one a round, and the result at the end:
 *
 * <pre>
 * application app-20260101120000-0000
 * round 1 inside 31410
 * Pi is roughly 3.141
 * </pre>
 */
public final class SparkPi {
  private static final int POINTS_PER_SLICE = 100_000;

  public static void main(String[] args) throws IOException, InterruptedException {
    int slices = Integer.parseInt(args[0]);
    long taskMs = Long.parseLong(option(args, "--task-ms", "0"));
    int rounds = Integer.parseInt(option(args, "--rounds", "1"));
    String untilFile = option(args, "--until-file", null);
    String restUntilFile = option(args, "--rest-until-file", null);
    try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("SparkPi"))) {
      say("application " + spark.sc().applicationId());
      long inside = 0;
      for (int round = 1; untilFile == null ? round <= rounds : !exists(untilFile); round++) {
        inside = countInside(spark, slices, taskMs);
        say("round " + round + " inside " + inside);
      }
      while (restUntilFile != null && !exists(restUntilFile)) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      say("Pi is roughly " + 4.0 * inside / ((double) POINTS_PER_SLICE * slices));
    }
  }

  private static long countInside(JavaSparkContext spark, int slices, long taskMs) {
    List<Integer> seeds = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) {
      seeds.add(slice);
    }
    return spark.parallelize(seeds, slices).map(seed -> task(seed, taskMs)).reduce(Long::sum);
  }

  private static long task(int seed, long taskMs) throws InterruptedException {
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(taskMs);
    SplittableRandom random = new SplittableRandom(seed);
    long inside = 0;
    for (int point = 0; point < POINTS_PER_SLICE; point++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      if (x * x + y * y <= 1) {
        inside++;
      }
    }
    TimeUnit.NANOSECONDS.sleep(endNanos - System.nanoTime());
    return inside;
  }

  private static String option(String[] args, String name, String otherwise) {
    for (int i = 1; i + 1 < args.length; i++) {
      if (args[i].equals(name)) {
        return args[i + 1];
      }
    }
    return otherwise;
  }

  private static boolean exists(String file) {
    return Files.exists(Path.of(file));
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private SparkPi() {}
}
