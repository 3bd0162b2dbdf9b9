// java.lang.Boolean true as a Java serialization stream.
const TRUE = Uint8Array.from(
  Buffer.from(
    'aced0005737200116a6176612e6c616e672e426f6f6c65616ecd207280d59cfaee0200015a000576616c7565787001',
    'hex',
  ),
)

/** The answer to `CheckExistence`: true, for executors look for nothing but their worker. */
export function answerCheckExistence(_content: Uint8Array): Uint8Array {
  return TRUE
}
