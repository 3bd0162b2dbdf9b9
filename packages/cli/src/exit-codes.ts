// What the exit status of `hearth` means; docs/cli.md tells users the same.

export const EXIT_OK = 0
/** It was tried and failed; the message says why. */
export const EXIT_FAILURE = 1
/** The command line or the configuration is wrong: trying again changes nothing. */
export const EXIT_USAGE = 2
/** The application, driver, executor or log that was asked for does not exist. */
export const EXIT_NOT_FOUND = 3
/** Nobody answers where the master's web UI should be. */
export const EXIT_UNREACHABLE = 4
/**
 * `submit --wait`: the driver could not be started, or was lost with its worker; it has no exit code.
 */
export const EXIT_DRIVER_LOST = 125
/** `submit --wait`: somebody killed the driver through the cluster, as after SIGTERM. */
export const EXIT_DRIVER_KILLED = 143
/** Ended by Ctrl-C before it was done, as shells count it. */
export const EXIT_INTERRUPTED = 130
