/** Who may what, each role also what those before it may. */
export const ROLES = ['viewer', 'submitter', 'operator'] as const

/**
 * `viewer`: read the status of drivers. `submitter`: submit drivers and end them. `operator`: everything, such as
 * ending all drivers, forgetting those that are over and ending applications.
 */
export type Role = (typeof ROLES)[number]

/** True when `role` may do what takes `needed`. */
export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** The text as a role; undefined for anything else. */
export function parseRole(text: string): Role | undefined {
  return ROLES.find((role) => role === text)
}
