// What is linked with libcurl is opened when something is first fetched.
#include "http.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/loaded_library.hpp"

namespace mnist {

std::unique_ptr<HttpClient> open_http(const HttpLimits& limits) {
    void* const found =
        symbol_in({.name = "libmnist_http.so",
                   .expected = "the library that downloads, which comes with the program, and libcurl",
                   .remedy = "Install libcurl (Debian: libcurl4) or the program again, or put the files "
                             "of the data set into the folder by hand"},
                  "mnist_new_http_client");
    std::unique_ptr<HttpClient> client(reinterpret_cast<decltype(&mnist_new_http_client)>(found)(limits));
    if (client == nullptr) throw BackendError("libcurl cannot start");
    return client;
}

}  // namespace mnist
