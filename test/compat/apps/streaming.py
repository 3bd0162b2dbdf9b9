"""A Structured Streaming job: runs for some seconds and batches, stops, and goes on from its checkpoint.

Arguments: CHECKPOINT SECONDS BATCHES, which is how long the first run is at least. The source counts upwards from zero, so every row was counted once when
the number of rows is its highest value plus one; both are printed after each of the two runs.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

checkpoint, seconds, batches = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
spark = SparkSession.builder.getOrCreate()
print(f"application {spark.sparkContext.applicationId}", flush=True)
rates = spark.readStream.format("rate").option("rowsPerSecond", 50).load()
counts = rates.groupBy((rates.value % 4).alias("rest")).agg(
    F.count("*").alias("rows"), F.max("value").alias("highest")
)


def start():
    return (
        counts.writeStream.format("memory")
        .queryName("counts")
        .outputMode("complete")
        .option("checkpointLocation", checkpoint)
        .trigger(processingTime="1 second")
        .start()
    )


def run_until_batch(query, number):
    while query.lastProgress is None or query.lastProgress["batchId"] < number:
        if query.awaitTermination(1):
            raise RuntimeError("the stream ended by itself")


def stop(name, query):
    """Prints what was counted; batches count on over the runs of a checkpoint."""
    batch = query.lastProgress["batchId"]
    query.stop()
    [row] = spark.table("counts").agg(F.sum("rows"), F.max("highest"), F.count("*")).collect()
    print(f"{name} batch {batch} rows {row[0]} highest {row[1]} keys {row[2]}", flush=True)
    return batch


first = start()
if first.awaitTermination(seconds):
    raise RuntimeError("the stream ended by itself")
run_until_batch(first, batches)
last = stop("first", first)

second = start()
run_until_batch(second, last + 2)
stop("second", second)
spark.stop()
