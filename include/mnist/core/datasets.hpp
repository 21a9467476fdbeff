// The data sets that have a word, a row each. Where they are got from is in data/catalog, which has an entry
// for each that is published, and how one that is not is made in data/synthetic.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

struct DatasetRow {
    std::string_view word;                           ///< in flags, files and results
    bool published;                                  ///< can be fetched
    std::array<std::string_view, 10> class_names{};  ///< empty: its classes are the digits
};

inline constexpr std::array kDatasets{
    DatasetRow{"mnist", true},
    DatasetRow{"fashion-mnist",
               true,
               {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
                "Ankle boot"}},
    DatasetRow{"synthetic", false},
};

/// All of them, or those that can be fetched.
[[nodiscard]] inline std::vector<std::string> dataset_words(bool published_only = false) {
    std::vector<std::string> words;
    for (const DatasetRow& row : kDatasets) {
        if (row.published || !published_only) words.emplace_back(row.word);
    }
    return words;
}

}  // namespace mnist
