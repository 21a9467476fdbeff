// Which tensors of a model file are layers, and in which order. PyTorch's names depend on how a network was
// put together and wrapped: fc1, module.fc1 (DataParallel), _orig_mod.fc1 (torch.compile), 0, 2, 4
// (nn.Sequential), net.layers.0, and any of these in each other. All of them agree in everything but one
// number that counts the layers, and that is the rule: no list of words, which would miss the next one. Left
// out: names that differ in words (fc1, out), whose order nothing tells. Private to this room.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace mnist {

/// The layers' names, first to last. A number that is part of a word counts from 0 or 1 without a gap (fc1,
/// fc2); one that is a word of its own counts either from 0 without a gap (layers.0, layers.1) or with
/// activations between (net.0, net.2, net.5). Throws InputError, which lists what was found, for anything
/// else: two networks in a file, a layer that is missing, and layers of a bare nn.Sequential (0, 1) with no
/// activation between them, as a ReLU is what is computed there.
[[nodiscard]] std::vector<std::string> layers_in_order(const std::set<std::string>& names,
                                                       const std::string& where);

/// The first of `names`, in quotes, with commas between.
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& names);

}  // namespace mnist
