// Slots that hashes are divided over, as many in a row for each endpoint as its weight: the list that nginx walks through for every request
// (`weight` in ngx_http_upstream_hash_module.c and ngx_http_upstream_ip_hash_module.c), written down.

/**
 * Whole weights keep their numbers of slots, as long as there are not more than `most`: as many as the hash has values, so that beyond,
 * some could never be reached. Other weights share `most` slots.
 */
export function weightedSlots(weights: readonly number[], most: number): Uint16Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const isPlain = total <= most && weights.every(Number.isInteger);
  const size = isPlain ? total : most;
  const slots = new Uint16Array(size);
  let from = 0;
  let weighed = 0;
  weights.forEach((weight, place) => {
    weighed += weight;
    // Ends are rounded, not lengths, so that the last one is the size.
    const to = Math.round((weighed / total) * size);
    slots.fill(place, from, to);
    from = to;
  });
  return slots;
}
