import { expect, test } from 'vitest'
import type { JavaClassDescriptor, JavaObject } from '../../java-serialization/tree.ts'
import { ReadBudget } from '../../java-serialization/read-budget.ts'
import { classTableOf } from '../class-table.ts'
import { describeResourceProfile, readResourceProfile } from './resource-profile.ts'

test('a profile that only limits tasks is read like any other', () => {
  // TaskResourceProfile declares taskResources again: the value of the derived class counts.
  const classes = classTableOf('2.12')
  const base = describeResourceProfile(classes, {
    id: 3,
    executorResources: {},
    taskResources: { cpus: { amount: 1 } },
  })
  const derived = describeResourceProfile(classes, {
    id: 0,
    executorResources: {},
    taskResources: { cpus: { amount: 2 } },
  })
  const at = base.descriptor.fields.findIndex(({ name }) => name === 'taskResources')
  const descriptor: JavaClassDescriptor = {
    kind: 'descriptor',
    name: 'org.apache.spark.resource.TaskResourceProfile',
    uid: -6913593965099407503n,
    flags: 2,
    fields: base.descriptor.fields.slice(at, at + 1),
    superclass: base.descriptor,
  }
  const values = derived.levels[0]?.values.slice(at, at + 1) ?? []
  const profile: JavaObject = {
    kind: 'object',
    descriptor,
    levels: [...base.levels, { descriptor, values, annotation: [] }],
  }
  expect(readResourceProfile(profile, new ReadBudget())).toEqual({
    id: 3,
    executorResources: {},
    taskResources: { cpus: { amount: 2 } },
  })
})
