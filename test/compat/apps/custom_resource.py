"""A job whose tasks need a `gpu` each. All run at once (a barrier) and tell what they got."""

import os

from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession

context = SparkSession.builder.getOrCreate().sparkContext
print(f"application {context.applicationId}", flush=True)


def addresses(numbers):
    task = BarrierTaskContext.get()
    task.barrier()
    # An executor's working directory has its id as its name.
    executor = os.path.basename(os.getcwd())
    yield executor, task.resources()["gpu"].addresses, sum(numbers)


tasks = context.parallelize(range(100), 4).barrier().mapPartitions(addresses).collect()
for executor, gpus, total in tasks:
    print(f"executor {executor} gpus {','.join(gpus)} total {total}", flush=True)
context.stop()
