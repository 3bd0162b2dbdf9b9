// Addresses from which nothing is fetched: those that answer every process of a machine, without being asked
// for proof, what only the machine should know.
import { BlockList, isIP } from 'node:net'

/** True for an address from which nothing may be fetched. */
export type IsDenied = (address: string) => boolean

/**
 * The metadata services of clouds: link-local addresses (most clouds), Alibaba, Azure's host, Oracle, and
 * those of EC2 and Google over IPv6; the link-local ones also behind NAT64.
 */
export const DEFAULT_DENY = [
  ...['169.254.0.0/16', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'],
  ...['fe80::/10', 'fd00:ec2::/32', 'fd20:ce::254/128', '64:ff9b::a9fe:0/112'],
].join(',')

/** Reads `hearth.fetch.deny`; throws with the entry that is neither an address nor a network. */
export function parseDenyList(text: string): IsDenied {
  const list = new BlockList()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry !== '') add(list, entry)
  }
  return (address) => {
    // The zone of a link-local address says by which interface it is reached.
    const bare = address.replace(/%.*$/, '')
    const version = isIP(bare)
    return version === 0 || list.check(bare, version === 4 ? 'ipv4' : 'ipv6')
  }
}

function add(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/')
  const version = isIP(address)
  const longest = version === 4 ? 32 : 128
  const length = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (version === 0 || rest.length > 0 || length < 0 || length > longest) {
    throw new Error(
      `hearth.fetch.deny: '${entry}' is neither an address nor a network such as 10.0.0.0/8`,
    )
  }
  list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6')
}
