/** Tells whoever runs the tests what is being provided, and that it takes a while. */
export function say(line: string): void {
  process.stderr.write(`provision: ${line}\n`)
}
