// ZooKeeper for the tests of fail-over: Debian's jar, started with java by the tests themselves.
import { existsSync } from 'node:fs'
import { installDebianPackage } from './debian-packages.ts'
import { provideJava } from './java.ts'

// The jar's manifest names what it depends on, so it is the whole class path.
const DEBIAN_JAR = '/usr/share/java/zookeeper.jar'

/** Makes ZooKeeper available and resolves with its class path. */
export async function provideZooKeeper(): Promise<string> {
  await provideJava()
  if (!existsSync(DEBIAN_JAR)) await installDebianPackage(['libzookeeper-java'], 'ZooKeeper')
  return DEBIAN_JAR
}
