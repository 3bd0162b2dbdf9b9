import { checkAddresses, describeValue, readJson } from './resource-addresses.ts'

/**
 * The addresses that a discovery script printed for the resource `name`, or what is wrong with its
 * output, to stand behind "its output" (ResourceInformation.parseJson, Spark 3.5 to 4.3).
 */
export function parseDiscoveryOutput(text: string, name: string): readonly string[] | string {
  const json = readJson(text)
  if (typeof json === 'string') return json
  const { value } = json
  const example = JSON.stringify({ name, addresses: ['0', '1'] })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `must be an object such as ${example}`
  }
  const fields = value as Readonly<Record<string, unknown>>
  if (fields['name'] !== name) {
    const found = 'name' in fields ? describeValue(fields['name']) : 'nothing'
    return `names ${found} where "${name}" was asked for`
  }
  const addresses = checkAddresses(fields['addresses'])
  return typeof addresses === 'string' ? `is wrong: the list of addresses ${addresses}` : addresses
}
