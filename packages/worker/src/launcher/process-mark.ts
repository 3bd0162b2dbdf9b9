/**
 * Set in every launched process to the id of its launcher, and inherited by whatever that starts: by it
 * they are found when the launcher has died without a word.
 */
export const LAUNCHER_VARIABLE = 'HEARTH_LAUNCHER'
