// java.lang.Exception inside an Option. Only its text is read and written: a trace of ours would say nothing.
import { javaObject } from '../../java-serialization/build.ts'
import { describeValue, isObject, nullableTextField } from '../../java-serialization/fields.ts'
import { hierarchyOf, javaString, type JavaObject } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { option, optionField } from './option.ts'

const THROWABLE = 'java.lang.Throwable'

/** The text of an `Option[Exception]` field; null for None, the name of its class where it has no text. */
export function optionalExceptionField(object: JavaObject, name: string): string | null {
  const value = optionField(object, name)
  if (value === null) return null
  if (!isObject(value) || hierarchyOf(value.descriptor)[0]?.name !== THROWABLE) {
    throw new ProtocolError(
      `option ${name} of ${object.descriptor.name} holds ${describeValue(value)}, not an exception`,
    )
  }
  return nullableTextField(value, 'detailMessage') ?? value.descriptor.name
}

/** `Some(new Exception(text))`, or None for null. */
export function optionOfException(classes: ClassTable, text: string | null): JavaObject {
  if (text === null) return option(classes, null)
  const exception = javaObject(classes.descriptor('java.lang.Exception'), {
    detailMessage: javaString(text),
    cause: null,
    // Java reads what is missing as none (Throwable.readObject).
    stackTrace: null,
    suppressedExceptions: null,
  })
  return option(classes, exception)
}
