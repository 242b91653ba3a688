package io.higuma.schema.core;

import java.net.InetAddress;

/// IP addresses as text, without asking any resolver.
final class Addresses {

    private Addresses() {}

    static boolean isIp(String text) {
        try {
            InetAddress.ofLiteral(text);
            return text.indexOf('.') < 0 || text.chars().filter(c -> c == '.').count() == 3 || text.contains(":");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
