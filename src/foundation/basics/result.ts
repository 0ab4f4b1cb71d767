// An outcome that the caller is expected to handle, returned rather than thrown (Decision 0003).

export type Result<Value, Fault> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly fault: Fault };

export const success = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value });

export const fault = <Fault>(reason: Fault): { readonly ok: false; readonly fault: Fault } => ({ ok: false, fault: reason });
