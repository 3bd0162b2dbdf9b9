/** Packages of java.base into which Spark reaches by reflection. */
const OPENED_PACKAGES: readonly string[] = [
  'java.lang',
  'java.lang.invoke',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'jdk.internal.ref',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
]

/**
 * Spark's own list of JVM module options (JavaModuleOptions, 3.5.9 to 4.3.0), what its releases have in common
 * and what means nothing to an older one. `--add-modules=jdk.incubator.vector` of 4.x is left out: a JVM that
 * has no such module, Java 11 for example, does not start with it, and Spark does without it.
 */
export const MODULE_OPTIONS: readonly string[] = [
  '-XX:+IgnoreUnrecognizedVMOptions',
  ...OPENED_PACKAGES.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  '--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED',
  '-Djdk.reflect.useDirectMethodHandle=false',
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Dio.netty.allocator.type=pooled',
  '-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE',
  '--enable-native-access=ALL-UNNAMED',
]

/**
 * The options of a driver's JVM, Spark's module options in front when the submission brought none. Without them
 * a driver of 3.5 dies at once on Java 17, because neither its ClientApp nor its REST server adds them.
 */
export function withModuleOptions(javaOptions: readonly string[]): readonly string[] {
  const hasOwn = javaOptions.some((option) => /^--add-opens(=|$)/.test(option))
  return hasOwn ? javaOptions : [...MODULE_OPTIONS, ...javaOptions]
}
