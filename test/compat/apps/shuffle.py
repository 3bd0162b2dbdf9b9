"""A PySpark job with a shuffle; prints its result for the test that submits it."""

from pyspark import SparkContext

context = SparkContext.getOrCreate()
sums = (
    context.parallelize(range(10_000), 4)
    .map(lambda number: (number % 10, number))
    .reduceByKey(lambda left, right: left + right, 3)
    .collectAsMap()
)
print(f"keys {len(sums)} total {sum(sums.values())}")
context.stop()
