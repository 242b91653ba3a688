package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.Query;
import io.higuma.model.Problem;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The page of a list that is asked for (contract 3.4).
///
/// @param size items at most; 100 when absent, 1 to 1000
/// @param offset items left out; 0 when absent
public record Paging(int size, int offset) {

    private static final int DEFAULT_SIZE = 100;
    private static final int LARGEST = 1000;
    private static final String TITLE = "Could not retrieve resources";

    /// @throws ApiException 400 in the contract's words
    public static Paging of(Query query) {
        return of(query, TITLE);
    }

    /// @param title what could not be done, should it come to that
    /// @throws ApiException 400 in the contract's words
    public static Paging of(Query query, String title) {
        return new Paging(
                query.value("size").map(text -> size(text, title)).orElse(DEFAULT_SIZE),
                query.value("offset").map(text -> offset(text, title)).orElse(0));
    }

    private static int size(String text, String title) {
        if (!text.matches("[-+]?[0-9]+")) {
            throw badSize(title, "invalid format");
        }
        BigInteger size = new BigInteger(text);
        if (size.signum() <= 0) {
            throw badSize(title, "must be greater than 0");
        }
        if (size.compareTo(BigInteger.valueOf(LARGEST)) > 0) {
            throw badSize(title, "invalid page size of " + size + ". Maximum page size is " + LARGEST);
        }
        return size.intValueExact();
    }

    private static ApiException badSize(String title, String reason) {
        return ApiException.invalid(title, "Invalid page size", List.of(new Problem("size", reason)));
    }

    private static int offset(String text, String title) {
        if (!text.matches("[-+]?[0-9]{1,9}")) {
            throw ApiException.of(
                    400, title, "invalid: invalid offset: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
        }
        int offset = Integer.parseInt(text);
        if (offset < 0) {
            throw ApiException.of(400, title, "invalid: invalid offset: must be non-negative");
        }
        return offset;
    }

    /// `{total, items, next}` with this page of `all`.
    public <T> ObjectNode answer(ApiRequest request, List<T> all, Function<T, ? extends JsonNode> item) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("total", all.size());
        ArrayNode items = answer.putArray("items");
        int end = (int) Math.min(all.size(), (long) offset + size);
        for (int i = offset; i < end; i++) {
            items.add(item.apply(all.get(i)));
        }
        Optional<String> next = end < all.size() && offset < all.size()
                ? Optional.of(
                        request.base() + request.path() + "?" + request.query().page(end, size))
                : Optional.empty();
        next.ifPresentOrElse(link -> answer.put("next", link), () -> answer.putNull("next"));
        return answer;
    }
}
