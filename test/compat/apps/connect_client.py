"""A client of a Spark Connect server: Python and gRPC, no JVM. Argument: the server's sc:// URL."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
print(f"server {spark.version}")
numbers = spark.range(0, 3000, 1, 4)
for rest, rows, total in (
    numbers.groupBy((numbers.id % 3).alias("rest"))
    .agg(F.count("*"), F.sum("id"))
    .orderBy("rest")
    .collect()
):
    print(f"rest {rest} rows {rows} total {total}")

local = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["name", "number"])
doubled = F.udf(lambda number: number * 2, "long")
[row] = local.select(F.sum(doubled("number"))).collect()
print(f"doubled {row[0]}")
try:
    spark.sql("SELECT no_such_column FROM range(1)").collect()
except Exception as error:
    print(f"refused {type(error).__name__}")
spark.stop()
