// Only takes words: where data is looked for and when something else stands in is decided by the data room.
#include "data_options.hpp"

#include "mnist/core/environment.hpp"

#include "mnist/core/datasets.hpp"

namespace mnist {

void set_dataset(DataOptions& options, const GivenValue& given) {
    given.require_one_of(dataset_words());
    options.dataset = given.text();
}

void set_data_dir(DataOptions& options, const GivenValue& given) {
    options.data_dir = given.non_empty("a folder");
}

void set_data_prefix(DataOptions& options, const GivenValue& given) {
    options.prefix = given.text();
}

void read_environment(DataOptions& options) {
    options.env_dir = environment_data_dir(options.dataset);
}

}  // namespace mnist
