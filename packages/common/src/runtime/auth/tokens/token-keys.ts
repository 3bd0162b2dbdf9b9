import type { ConfigTable } from '../../config/table.ts'

/** Keys of tokens. The master reads them, and so does `hearth token`. */
export const TOKEN_KEYS = {
  tokensFile: {
    key: 'hearth.auth.tokensFile',
    kind: 'string',
    default: undefined,
    doc: 'Where tokens of people and programs are kept (`hearth token create`), without what they show. Only its owner may be able to read it (chmod 600). The master reads it again when it has changed; one that is missing holds no token.',
  },
} as const satisfies ConfigTable
