"""The optimizer in the model file as a checksum of the log: can these norms have made these moments?

Adam keeps, for each of k trainable variables with the gradient g after clipping,

    m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g^2

so that for the norms n of all gradients as one vector, after clipping,

    sum(v) = (1 - b2) * sum_i b2^(T-i) n_i^2 = A(n^2)        exactly
    |m| <= (1 - b1) * sum_i b1^(T-i) n_i                     by the triangle inequality

and with the largest norm of a variable, max_var sum(v) <= A(n^2) <= sum(v).
Clipping makes a gradient shorter, and from norms before clipping only what must hold is asked:
A(n^2) is not below sum(v) or max_var sum(v). Where the optimizer stores its cap c,
a gradient of norm n leaves at least min(n, c) behind, so A(min(n, c)^2) <= sum(v).

An honest log fits within

* one unit in the last place of each logged norm,
* what float32 does: to v, 2^-24 of it in each step, and as much by an inexact b2;
  to 1 - b2, which some optimizers compute in float32, 2^-24 of 1; to the square of a norm over N numbers,
  whose rounding errors add up like a random walk, 2^-23 * (4 + sqrt(N)) of it,
* what M missing steps before the L logged ones can have left in v: b2^L * (1 - b2^M) * bound^2,
  with the bound c * sqrt(k) or c; where no cap is stored, it has no upper limit.
"""
