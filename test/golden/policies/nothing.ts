// Gives nothing to who loads it.
export const policy = 'roomy';
