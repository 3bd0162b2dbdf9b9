// A reporter of vitest: writes the errors that belong to no test beside the JSON report, which leaves them out.
import { writeFile } from 'node:fs/promises'

export default class UnhandledErrors {
  #file

  onInit(vitest) {
    this.#file = `${vitest.config.outputFile.json}.unhandled`
  }

  async onTestRunEnd(_testModules, unhandledErrors) {
    const texts = unhandledErrors.map(({ stack, message }) => stack ?? message)
    await writeFile(this.#file, JSON.stringify(texts))
  }
}
