"""A job whose second stage asks for executors of another size. Argument: FILE.

The stage with the profile is run again and again until FILE exists; each round prints how many tasks of
it an executor has room for, and what was computed.
"""

import os
import sys

from pyspark import TaskContext
from pyspark.resource import (
    ExecutorResourceRequests,
    ResourceProfileBuilder,
    TaskResourceRequests,
)
from pyspark.sql import SparkSession

until_file = sys.argv[1]
context = SparkSession.builder.getOrCreate().sparkContext
print(f"application {context.applicationId}", flush=True)

executors = ExecutorResourceRequests().cores(2).memory("768m").memoryOverhead("64m")
tasks = TaskResourceRequests().cpus(2)
profile = ResourceProfileBuilder().require(executors).require(tasks).build
print(f"profile {profile.id}", flush=True)

plain = context.parallelize(range(1_000), 2).map(lambda number: (number % 10, number))
print(f"plain {plain.values().sum()}", flush=True)
large = (
    plain.reduceByKey(lambda left, right: left + right, 2)
    .withResources(profile)
    .map(lambda pair: (pair[1], TaskContext.get().cpus()))
)
rounds = 0
while rounds == 0 or not os.path.exists(until_file):
    rounds += 1
    collected = large.collect()
    total, cpus = sum(total for total, _ in collected), {cpus for _, cpus in collected}
    print(f"round {rounds} total {total} cpus {sorted(cpus)}", flush=True)
context.stop()
