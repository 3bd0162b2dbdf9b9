/** Where a command that ends without an error may still leave another exit status. */
export interface CommandStatus {
  code: number
}
