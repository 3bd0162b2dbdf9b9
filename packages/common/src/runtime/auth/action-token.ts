import { deriveKey } from './cluster-keys.ts'

/**
 * What an HTTP request that changes something shows, as `Authorization: Bearer TOKEN`: derived from the
 * secret, and of no use for anything else.
 */
export function actionToken(secret: string): string {
  return Buffer.from(deriveKey(secret, 'http actions 1')).toString('base64url')
}
