// IDX files, plain and gzip: the reader itself finds out which. Two targets share this function because a
// fuzzer gets into an archive only with help (gzip_mutator.cpp).
#include "mnist/data/idx.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "targets.hpp"

namespace mnist {
namespace {

bool starts_as_gzip(FileBytes file) {
    return file.size() >= 2 && file[0] == std::byte{0x1f} && file[1] == std::byte{0x8b};
}

void check_array(const IdxArray& array, FileBytes file) {
    const std::size_t product = std::accumulate(array.extents.begin(), array.extents.end(), std::size_t{1},
                                                std::multiplies<std::size_t>());
    promise(array.values.size() == product, "idx: as many values as the extents say");
    if (starts_as_gzip(file)) return;
    promise(file.size() == array.header.size() + array.values.size(), "idx: nothing but header and values");
    const auto values = file.subspan(array.header.size());
    promise(std::ranges::equal(values, std::as_bytes(std::span(array.values))), "idx: the file's own values");
}

}  // namespace

void try_idx(FileBytes file) {
    for (const std::size_t rank : {std::size_t{1}, std::size_t{3}}) {
        try {
            Sha256 seen;
            const IdxArray array =
                read_idx(file, "fuzz", rank, [&seen](std::span<const std::byte> piece) { seen.add(piece); });
            check_array(array, file);
            promise(seen.hex() == content_sha256(array), "idx: the observer sees all of the content");
        } catch (const InputError&) {
            continue;  // refused, as most inputs must be
        }
    }
}

}  // namespace mnist
