import fs from 'node:fs'

/** What a command line depends on beside its inputs: looked up at every launch, as Spark does. */
export interface FileFacts {
  isDirectory(path: string): boolean
  /** The text of a file; undefined when there is none. */
  readText(path: string): string | undefined
}

export const fileFacts: FileFacts = {
  isDirectory: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  readText: (path) => {
    const isFile = fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
    return isFile ? fs.readFileSync(path, 'utf8') : undefined
  },
}
