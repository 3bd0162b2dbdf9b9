import { allowClasses } from '../java-serialization/allow-list.ts'

/**
 * Classes that may appear in a message, as data: Spark's messages and what they contain, Scala's
 * collections, and the few classes of the JDK met in them. No java.util collection is met, so
 * none is allowed.
 */
export const isAllowedInSparkMessage = allowClasses(
  [
    'java.lang.Boolean',
    'java.lang.Double',
    'java.lang.Enum',
    'java.lang.Exception',
    'java.lang.Integer',
    'java.lang.Long',
    'java.lang.Number',
    'java.lang.Object',
    'java.lang.RuntimeException',
    'java.lang.StackTraceElement',
    'java.lang.String',
    'java.lang.Throwable',
    'java.lang.invoke.SerializedLambda',
    'java.net.URI',
    'java.util.Collections$EmptyList',
    'java.util.concurrent.TimeUnit',
    'java.util.concurrent.TimeoutException',
    'org.apache.spark.SparkException',
  ],
  ['org.apache.spark.deploy.', 'org.apache.spark.resource.', 'org.apache.spark.rpc.', 'scala.'],
)
