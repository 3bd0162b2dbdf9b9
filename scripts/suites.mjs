// The suites of `npm test`, in the order in which they run: cheap ones first. Each is a project of
// vitest.config.ts. The limit ends a suite that hangs; a healthy one takes a small part of it.
export const SUITES = [
  { name: 'unit', limitMinutes: 5 },
  { name: 'house', limitMinutes: 5 },
  { name: 'simulator', limitMinutes: 5 },
  { name: 'fuzz', limitMinutes: 5 },
  { name: 'integration', limitMinutes: 15 },
  { name: 'compat', limitMinutes: 60 },
]
