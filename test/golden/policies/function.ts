// A function is no policy.
export default function pick(): undefined {}
