"""A job under dynamic allocation. Argument: a directory in which files tell it to go on.

It keeps its executors busy until the file `rest` is there, does nothing until the file `again` is
there, and is busy again until the file `end` is there. Each round reads a shuffle of the first one: what
went away with its executors has to be computed again, and the sum stays the same.
"""

import os
import sys
import time

from pyspark.sql import SparkSession

directory = sys.argv[1]
context = SparkSession.builder.getOrCreate().sparkContext
print(f"application {context.applicationId}", flush=True)


def slowly(pairs):
    time.sleep(0.3)
    return pairs


sums = (
    context.parallelize(range(10_000), 6)
    .map(lambda number: (number % 100, number))
    .reduceByKey(lambda left, right: left + right, 12)
    .mapPartitions(slowly)
)


def is_there(name):
    return os.path.exists(os.path.join(directory, name))


def busy_until(name):
    rounds = 0
    while rounds == 0 or not is_there(name):
        total = sums.values().sum()
        rounds += 1
        print(f"round {rounds} until {name} total {total}", flush=True)


busy_until("rest")
while not is_there("again"):
    time.sleep(0.1)
busy_until("end")
context.stop()
