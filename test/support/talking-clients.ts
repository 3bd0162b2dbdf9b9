// Spark's submission clients, made to log what they do whatever the order in which they set up their logging.
import { fileURLToPath } from 'node:url'

/** Variables of a client whose log a test reads; see the comment in the file that it names. */
export const TALKING_CLIENT = {
  SPARK_CONF_DIR: fileURLToPath(new URL('../fixtures/spark-conf', import.meta.url)),
} as const
