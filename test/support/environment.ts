/** This process's variables, as functions take them: every value a string. */
export function testEnvironment(): Record<string, string> {
  const variables = Object.entries(process.env)
  return Object.fromEntries(
    variables.filter((variable): variable is [string, string] => variable[1] !== undefined),
  )
}
